import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions, InputError } from './index.js'

const good = (): CapiClientOptions => ({
  storage: new MemoryStorage(),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: 'development',
})

function issuesFor(options: object): Record<string, string> {
  try {
    new CapiClient({ ...good(), ...options })
  } catch (error) {
    if (error instanceof InputError) return Object.fromEntries(error.issues.map(({ path, rule }) => [path, rule]))
    throw error
  }
  return {}
}

describe('an option that the client does not know is refused', () => {
  test.each([
    ['encriptionKey', 'encryptionKey'],
    ['neverreport', 'neverReport'],
    ['batchsize', 'batchSize'],
    ['user_agent_prefix', 'userAgentPrefix'],
    ['user_agent_suffix', 'userAgentPrefix'],
    ['max_retries', 'maxRetries'],
    ['retry_delay', 'retryDelayMs, in milliseconds (retry_delay is in seconds)'],
    ['latency_offset', 'latencyOffsetMs, in milliseconds (latency_offset is in seconds)'],
    ['api_timeout', 'timeoutMs, in milliseconds (api_timeout is in seconds)'],
    ['timeout', 'timeoutMs, in milliseconds'],
    ['prod', "environment: 'production'"],
    ['env', 'environment'],
    ['url', 'environment: { baseUrl }'],
    ['machine_id_prefix', 'prefix of generateMachineIdFromKey'],
    ['scenarois', 'scenarios'],
  ])('%s: %s was meant', (name, meant) => {
    expect(issuesFor({ [name]: 'hunter2' })).toEqual({ [name]: `is not known here; did you mean ${meant}?` })
  })

  test.each([
    ['loginBudget.window', { loginBudget: { logins: 1, windowMs: 1, window: 1 } }],
    ['decisions.allowwide', { decisions: { allowwide: true } }],
    ['dedup.windowms', { dedup: { by: ['source'], windowMs: 1, windowms: 1 } }],
    ['encryptionKey.requiresealed', { encryptionKey: { keys: ['correct horse battery'], requiresealed: true } }],
    ['environment.url', { environment: { baseUrl: 'https://h/v3', url: 'https://h' } }],
    ['constructor', { constructor: 1 }],
    ['valueOf', { valueOf: 1 }],
  ])('also %s', (path, options) => {
    expect(issuesFor(options)).toEqual({ [path]: expect.stringContaining('is not known here') })
  })

  test('whatever it holds: undefined may be a key tomorrow', () => {
    expect(issuesFor({ encriptionKey: undefined })).toHaveProperty('encriptionKey')
    expect(issuesFor({ encryptionKey: undefined, logger: undefined })).toEqual({})
  })

  test('what would switch verification off has an answer of its own', () => {
    expect(issuesFor({ rejectUnauthorized: false, tls: {} })).toEqual({
      rejectUnauthorized: expect.stringContaining('certificates are always verified'),
      tls: expect.stringContaining('certificates are always verified'),
    })
  })

  test('what the caller’s own objects have beside is theirs', () => {
    const write = () => undefined
    const logger = { debug: write, info: write, warn: write, error: write, trace: write }
    const clock = { now: Date.now, sleep: async () => undefined, zone: 'UTC' }
    expect(issuesFor({ logger, clock })).toEqual({})
  })

  test.each<[string, (client: CapiClient) => unknown]>([
    ['force_pull', (client) => client.pullDecisions({ machineId: 'm', force_pull: true } as never)],
    ['main_machine_id', (client) => client.getDecisions({ machineId: 'm', main_machine_id: 'm' } as never)],
    ['prune_after_send', (client) => client.sendSignals({ prune_after_send: true } as never)],
    ['onfiltered', (client) => client.addSignals([], { onfiltered: () => {} } as never)],
    [
      'attachment_key',
      (client) => client.enrollMachines({ machineIds: ['m'], attachmentKey: 'k', attachment_key: 'k' } as never),
    ],
    ['olderThan', (client) => client.requeueRejected({ olderThan: 1 } as never)],
    ['machine_id', (client) => client.purgeRejected({ olderThanMs: 1, machine_id: 'm' } as never)],
    ['failed', (client) => client.machines({ failed: true } as never).next()],
    ['sendEvery', (client) => client.start({ sendEvery: 1 } as never)],
    ['deadline', (client) => client.stop({ deadline: 1 } as never)],
    ['machine', (client) => client.verify({ machine: 'm' } as never)],
    ['singal', (client) => client.stats({ singal: AbortSignal.timeout(1) } as never)],
  ])('%s of a call, too', async (path, call) => {
    const client = new CapiClient(good())
    await expect(call(client)).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path, value: '[not shown]', rule: expect.stringContaining('is not known here') }],
    })
    await client.close()
  })
})

describe('everything that is wrong is listed at once', () => {
  test('whatever checks it: types, bounds, what depends on another option, the environment, keys, proxies', () => {
    const wrong = {
      storage: 'sqlite:./x.db',
      scenarios: ['ssh-bf'],
      environment: 'prod',
      userAgentPrefix: 'a b',
      leaseMs: 1_000,
      retryDelayMs: 10_000,
      maxRetryDelayMs: 5_000,
      encryptionKey: 'short',
      proxy: 'socks5://u:hunter2@h',
      ca: 'no certificate',
      logger: {},
      clock: {},
      random: 4,
      fetch: 'fetch',
      redact: 'no',
      batchsize: 1,
    }
    const issues = issuesFor(wrong)
    expect(Object.keys(issues).sort()).toEqual(
      [
        ...Object.keys(wrong).filter((name) => !['scenarios', 'encryptionKey', 'retryDelayMs'].includes(name)),
        'encryptionKey[0]',
        'scenarios[0]',
      ].sort(),
    )
    expect(JSON.stringify(issues)).not.toContain('hunter2')
  })

  test('nothing at all lists what is required', () => {
    const make = () => new CapiClient(...([] as unknown as [CapiClientOptions]))
    for (const nothing of [make, () => new CapiClient({} as CapiClientOptions)])
      expect(nothing).toThrow(/The client cannot be made: storage: .*scenarios: .*environment: is missing/)
  })

  test('a scenario that no signal can have is refused, with one that it may be', () => {
    expect(issuesFor({ scenarios: ['ssh-bf'] })['scenarios[0]']).toMatch(
      /vendor\/name.*did you mean crowdsecurity\/ssh-bf/,
    )
    expect(issuesFor({ scenarios: ['a b'] })['scenarios[0]']).not.toContain('did you mean')
  })
})

test('a base URL without a version path is told of, once', async () => {
  const warnings: string[] = []
  for (const baseUrl of ['https://capi.example/v3', 'https://capi.example', 'http://127.0.0.1:8088/api']) {
    const client = new CapiClient({ ...good(), environment: { baseUrl } })
    client.on('warning', ({ code, message }) => warnings.push(`${code} ${message}`))
    await client.stats()
    await client.stats()
    await client.close()
  }
  expect(warnings).toEqual([
    expect.stringMatching(/^base_url_unversioned .*https:\/\/capi\.example has no version path/),
    expect.stringMatching(/^base_url_unversioned .*http:\/\/127\.0\.0\.1:8088\/api has no/),
  ])
})
