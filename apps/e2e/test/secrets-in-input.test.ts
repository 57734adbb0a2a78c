import {
  CapiClient,
  type CapiClientOptions,
  type Clock,
  createSignal,
  type EnrollOptions,
  Secret,
} from '@cscapi/client'
import { createCapi } from '@cscapi/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrange, machine, signalsOf } from './arrange.js'
import { formsOf, Output } from './output.js'

/** As an alphabet of passwords has it, with what URLs, JSON and shells escape. */
const secrets = fc
  .array(fc.tuple(fc.constantFrom(...'kqvxzKQVXZ'), fc.constantFrom(...'0123456789%+/"\\@:#?&=')), {
    minLength: 8,
    maxLength: 20,
  })
  .map((pairs) => pairs.flat().join(''))

const urls = (secret: string): string[] => [
  `https://user:${secret}@capi.example/v3`,
  `https://user:${encodeURIComponent(secret)}@capi.example/v3`,
  `https:user:${secret}@capi.example`,
  `https//user:${secret}@capi.example`,
  `user:${secret}@capi.example`,
  `https://capi.example/v3?key=${secret}`,
  `https://capi.example/v3#${secret}`,
  `socks5://user:${secret}@proxy.example:1080`,
  `postgres://user:${secret}@db.example/cscapi`,
]

/** Options with a secret where a user may put one, or where it lands by a slip. */
function* optionsWith(secret: string): Generator<object> {
  for (const url of urls(secret)) {
    for (const name of [
      'environment',
      'proxy',
      'storage',
      'ca',
      'userAgentPrefix',
      'logger',
      'fetch',
      'clock',
      'url',
      'baseUrl',
    ])
      yield { [name]: url }
    yield { environment: { baseUrl: url } }
    yield { environment: { url } }
    yield { scenarios: [url] }
    yield { scenarios: url }
    yield { neverReport: [url] }
    yield { storage: { url } }
    yield { proxy: { url } }
    yield { decisions: { remediations: url } }
    yield { loginBudget: url }
    yield { dedup: { by: [url], windowMs: 1 } }
  }
  for (const name of ['environment', 'proxy', 'ca', 'encryptionKey', 'encriptionKey', 'password', 'token', 'secret'])
    yield { [name]: secret, batchSize: 0 }
  yield { environment: { baseUrl: secret } }
  yield { encryptionKey: { keys: secret } }
  yield { encryptionKey: { keys: [secret.slice(0, 11)], requireSealed: secret } }
  yield { encryptionKey: { key: secret } }
  yield { encryptionKey: Buffer.from(secret).subarray(0, 15) }
  yield { proxy: new Secret(secret) }
  yield { ca: [Buffer.from(secret)] }
  yield { storage: { password: secret }, clock: { token: secret }, logger: { apiKey: secret } }
  yield { loginBudget: { logins: { password: secret } } }
}

function expectHidden(output: Output, secret: string): void {
  for (const form of formsOf(secret)) expect(output.text.includes(form), `${form} of ${secret} is shown`).toBe(false)
}

const environment = { baseUrl: 'http://127.0.0.1:8088/v3' }

describe('a secret that a user hands in shows nowhere', () => {
  test('when an option is wrong', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const { storage } = arrange()
        const output = new Output()
        for (const options of optionsWith(secret)) {
          const good: CapiClientOptions = { storage, scenarios: ['crowdsecurity/ssh-bf'], environment }
          output.ofSync(() => void new CapiClient({ ...good, ...options }))
          output.ofSync(() => void createCapi({ environment, ...options } as never))
        }
        expect(output.text).toContain('invalid_input')
        expectHidden(output, secret)
      }),
      { numRuns: 3, endOnFailure: true },
    )
  })

  test('when an argument is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const { client } = arrange()
        const output = new Output()
        const enrolment = { machineIds: [machine()], attachmentKey: secret }
        const wrong: unknown[] = [
          enrolment,
          { ...enrolment, attachmentKey: new Secret(secret) },
          { ...enrolment, attachmentKey: { secret } },
          { ...enrolment, attachment_key: secret },
          { machineIds: [urls(secret)[0]], attachmentKey: secret },
        ]
        for (const options of wrong) await output.of(client.enrollMachines(options as EnrollOptions))
        for (const url of urls(secret)) {
          await output.of(client.getDecisions({ machineId: url }))
          await output.of(client.verify({ machineId: url }))
          await output.of(client.deleteMachines([url, 7 as never]))
          await output.of(client.sendSignals({ signal: url as never }))
          await output.of(client.addSignals({ scenario: url } as never))
          output.ofSync(() => client.on(url as never, () => {}))
          output.ofSync(() => createSignal({ ...signalsOf(machine(), 1)[0], attackerIp: url } as never))
        }
        expectHidden(output, secret)
        await client.close()
      }),
      { numRuns: 3, endOnFailure: true },
    )
  })

  test('when a fetch or a clock of the user’s fails with it', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const { connect, clock } = arrange()
        const output = new Output()
        const failing: typeof fetch = async (input, init) => {
          const cause = Object.assign(new Error(secret), { headers: init?.headers, code: secret })
          throw Object.assign(new TypeError(`fetch of ${String(input)} with ${secret} failed`, { cause }), {
            request: { input, init, secret },
          })
        }
        const bad: Clock = { now: clock.now, sleep: () => Promise.reject(new Error(secret)) }
        const write = (facts: object, message: string) => output.note([facts, message])
        const logger = { debug: write, info: write, warn: write, error: write }
        const client = connect({ fetch: failing, logger })
        client.on('warning', (event) => output.note(event))
        client.on('postponed', (event) => output.note(event))
        await client.addSignals(signalsOf(machine(), 2))
        await output.of(client.sendSignals())
        await output.of(client.getDecisions({ machineId: machine() }))
        await output.of(client.enrollMachines({ machineIds: [machine()], attachmentKey: 'k1' }))
        const aborting = connect({ fetch: failing, clock: bad })
        await output.of(aborting.verify({ machineId: machine(), signal: AbortSignal.abort(new Error(secret)) }))
        expect(output.text).toContain('network_error')
        expectHidden(output, secret)
        await client.close()
        await aborting.close()
      }),
      { numRuns: 3, endOnFailure: true },
    )
  })

  test('when CAPI repeats the token or the key in a header or an answer, whole, encoded or cut', async () => {
    const output = new Output()
    const { connect, emulator } = arrange()
    const seen = new Set<string>()
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '')
      if (token === undefined) return emulator.fetch(input, init)
      seen.add(token)
      const text = [token.slice(3, -3), Buffer.from(`x${token}`).toString('base64'), encodeURIComponent(token)].join(
        ' ',
      )
      const headers = { 'x-request-id': token, 'x-amzn-requestid': token.slice(0, 60), 'retry-after': token }
      return Response.json({ message: text, errors: [token] }, { status: 400, headers })
    }
    const client = connect({ fetch })
    client.on('rejected', (event) => output.note(event))
    await client.addSignals(signalsOf(machine(), 2))
    await output.of(client.sendSignals())
    await output.of(client.getDecisions({ machineId: machine() }))
    await output.of(client.enrollMachines({ machineIds: [machine()], attachmentKey: 'k3yFromTheConsole' }))
    for await (const one of client.rejectedSignals()) output.note(one)
    expect(seen.size).toBeGreaterThan(0)
    for (const token of seen) expectHidden(output, token)
    await client.close()
  })
})
