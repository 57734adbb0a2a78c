import * as core from '@cscapi/core'
import * as signals from '@cscapi/signals'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import * as client from './index.js'

const { CapiClient, InputError, isCscapiError } = client

const good = (): client.CapiClientOptions => ({
  storage: new MemoryStorage(),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: 'development',
  fetch: async () => {
    throw new Error('a wrong argument led to a request')
  },
})

const WRONG: readonly unknown[] = [undefined, null, 7, 'text', '', [], {}, true, Symbol('s'), 7n, () => {}, new Date(0)]

/** Words of the validation library, and of the platform where nobody looked. */
const FOREIGN =
  /Invalid input|received \w+|expected \w+,|Cannot (read|destructure|convert)|is not (a function|iterable)|undefined is/

/**
 * What a call threw or rejected with; generators are read to their end. `undefined` when it took
 * the argument.
 */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    const given = await call()
    if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given) {
      for await (const _ of given as AsyncIterable<unknown>);
    }
    return undefined
  } catch (error) {
    return error
  }
}

function expectOurs(error: unknown, about: string): void {
  if (error === undefined) return
  expect(isCscapiError(error), `${about}: ${String(error)}`).toBe(true)
  expect(String(error), about).not.toMatch(FOREIGN)
}

const METHODS = Object.getOwnPropertyNames(CapiClient.prototype).filter((name) => name !== 'constructor')

/** Calls that take anything in that place: no argument at all, or nothing but optional ones. */
const TAKES_NOTHING = new Set(['close', 'isStarted'])

describe('every call of the client', () => {
  test('is known to this test', () => {
    expect(METHODS.length).toBeGreaterThan(20)
  })

  test.each(METHODS)('%s refuses a wrong argument in our words, in each place', async (name) => {
    let refused = 0
    for (const wrong of WRONG) {
      for (const args of [[wrong], [[], wrong], ['sent', wrong], [undefined, wrong], [wrong, wrong]]) {
        const one = new CapiClient(good())
        const method: unknown = Reflect.get(one, name)
        if (typeof method !== 'function') throw new Error(`${name} is no method`)
        const failure = await failureOf(() => Reflect.apply(method, one, args))
        expectOurs(failure, `${name}(${args.map((arg) => typeof arg).join()})`)
        if (failure instanceof InputError) refused += 1
        await one.close()
      }
    }
    if (!TAKES_NOTHING.has(name)) expect(refused).toBeGreaterThan(5)
  })

  test.each<[name: string, args: unknown[], message: RegExp]>([
    ['addSignals', [{ scenario: 'a/b', source: {} }], /signals: must be an array .*; put one into an array/],
    ['addSignals', [], /No signal was added: signals: must be an array/],
    ['addSignals', [[null]], /signals\[0\]: must be an object/],
    ['addSignals', [new Array(1)], /signals\[0\]: is missing: it must be an object/],
    ['preview', ['text'], /Nothing can be previewed: signals: must be an array/],
    ['pullDecisions', [], /No decisions were pulled: machineId: is missing: it must be text/],
    ['getDecisions', [{}], /machineId: is missing: it must be text/],
    ['getDecisions', [{ machineId: 'x', scenarios: 'ssh-bf' }], /scenarios: must be a list/],
    ['enrollMachines', [{}], /machineIds: is missing: it must be a list.*attachmentKey: must be text/],
    ['enrollMachines', [{ machineIds: [], attachmentKey: 'k' }], /machineIds: must name a machine/],
    ['sendSignals', [{ batchSize: 0 }], /batchSize: must be at least 1/],
    ['purgeRejected', [{}], /olderThanMs: is missing: it must be a number/],
    ['reviveMachines', ['m'.repeat(48)], /machineIds: must be an array .*; put one into an array/],
    ['deleteMachines', [['']], /machineIds\[0\]: must be a machine id/],
    ['on', ['sned', () => {}], /name: must be one of sent, .*; did you mean sent\?/],
    ['on', ['sent'], /listener: must be a function/],
    ['stop', [{ deadlineMs: 1 }], /deadlineMs: must be at least 100/],
    ['stats', [{ signal: {} }], /signal: must be an AbortSignal/],
  ])('%s(%o) says what is wrong', async (name, args, message) => {
    const one = new CapiClient(good())
    const failure = await failureOf(() => Reflect.apply(Reflect.get(one, name) as () => unknown, one, args))
    expect(failure).toBeInstanceOf(InputError)
    expect(String(failure)).toMatch(message)
    await one.close()
  })
})

describe('every call of CAPI', () => {
  test.each(['register', 'login', 'pushSignals', 'pullDecisions', 'enroll', 'pushMetrics', 'downloadList'] as const)(
    '%s refuses a wrong argument in our words',
    async (name) => {
      const { environment, fetch } = good()
      const capi = core.createCapi({ environment, ...(fetch !== undefined && { fetch }) })
      for (const wrong of WRONG) {
        for (const args of [[wrong], [{}, wrong], [wrong, wrong]]) {
          const failure = await failureOf(() => Reflect.apply(capi[name] as () => unknown, undefined, args))
          expectOurs(failure, name)
          expect(failure, name).toBeDefined()
        }
      }
    },
  )
})

test('a client of nothing is told everything that it needs', async () => {
  const failure = await failureOf(() => Reflect.construct(CapiClient, []))
  const paths = failure instanceof InputError ? failure.issues.map(({ path }) => path) : []
  expect(paths.toSorted()).toEqual(['environment', 'scenarios', 'storage'])
})

describe('every export', () => {
  /** Pieces for our packages and for adapters: what they take is held to their types. */
  const PIECES = new Set([
    'pausedError',
    'toJsonState',
    'sleepUnlessAborted',
    'transportFetch',
    'functionSchema',
    'methodsSchema',
    'connectionIssues',
    'issuesOfSchema',
    'readOptions',
    'suggestKey',
    'unknownKeyIssues',
    'isVersioned',
    'Keyring',
    'growingDelay',
    'halfToAll',
    'inSlices',
    'pages',
    'foldEmbeddedIpv4',
    'formatNetwork',
    'isAddressScope',
    'lazily',
    'maskOf',
    'NetworkSet',
    'oneLine',
  ])
  const all = Object.entries({ ...signals, ...core, ...client }).filter(
    ([name, value]) => typeof value === 'function' && !PIECES.has(name) && !/Error$/.test(name),
  )

  test('is called', () => {
    expect(all.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'CapiClient',
        'createCapi',
        'createSignal',
        'generateMachineIdFromKey',
        'MachineAuthenticator',
      ]),
    )
  })

  test.each(all.map(([name]) => name))('%s refuses a wrong argument in our words, or takes it', async (name) => {
    const value: unknown = new Map<string, unknown>(all).get(name)
    if (typeof value !== 'function') throw new Error(`${name} is no function`)
    const isClass = /^class\b/.test(Function.prototype.toString.call(value))
    for (const wrong of WRONG) {
      for (const args of [[wrong], ['key', wrong], [wrong, wrong]]) {
        const call = () => (isClass ? Reflect.construct(value, args) : Reflect.apply(value, undefined, args))
        expectOurs(await failureOf(call), `${name}(${args.map((arg) => typeof arg).join()})`)
      }
    }
  })
})
