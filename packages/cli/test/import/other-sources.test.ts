import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { describe, expect, test } from 'vitest'
import { arrange } from './arrange.js'
import { sample } from './samples.js'

const PROD = 'phpprefix0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9'
const DEV = '0123456789abcdefghijklmnopqrstuvwxyz0123456789ab'
const ENGINE = '0123456789abcdef0123456789abcdefExAmPlEsUfFiX012'
const MACHINES = {
  [PROD]: 'ExamplePassword1ExamplePassword1',
  [DEV]: 'ExamplePassword2ExamplePassword2',
  [ENGINE]: 'ExamplePassword1ExamplePassword1ExamplePassword1ExamplePassword1',
}

/** A copy of the PHP client's folder. */
function phpStore(): string {
  const folder = join(temporaryFolder(), 'store')
  cpSync(sample('php-store'), folder, { recursive: true })
  return folder
}

const file = (name: string, text: string | Uint8Array): string => {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, text)
  return path
}

describe('the file store of the PHP client', () => {
  test('gives the machine of the service that the store belongs to, and tells the other', async () => {
    const { take, storage } = arrange()
    const report = await take(sample('php-store'), { environment: 'production' })
    expect(report.machines).toEqual([
      {
        machineId: PROD,
        row: 'prod-*.json',
        outcome: 'added',
        tokenUntil: '2027-03-02T00:00:00.000Z',
        failing: false,
        scenarios: ['crowdsecurity/http-backdoors-attempts', 'crowdsecurity/http-bad-user-agent'],
      },
    ])
    expect(report.refused).toEqual([
      {
        row: 'dev-*.json',
        what: 'machine',
        machineId: DEV,
        reason: 'belongs to api.dev.crowdsec.net, and this store to api.crowdsec.net',
      },
    ])
    expect(report.notes).toContain(
      'The machines reported scenarios that the configuration lacks: "crowdsecurity/http-backdoors-attempts", "crowdsecurity/http-bad-user-agent"',
    )
    expect(await storage.getMachine(PROD)).toMatchObject({ registered: true, password: MACHINES[PROD] })
  })

  test('of another base URL gives both, and neither is registered anew', async () => {
    const { take, client, registrations } = arrange({ machines: MACHINES })
    expect((await take(sample('php-store'))).machines).toHaveLength(2)
    for (const machineId of [PROD, DEV]) await client.getDecisions({ machineId })
    expect(registrations()).toEqual([])
    expect((await take(sample('php-store'))).machines.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged'])
  })

  test.each([
    ['prod-password.json', '', 'prod-password.json: holds no password'],
    ['prod-machine-id.json', '{"machine_id":', 'prod-machine-id.json: holds no machine_id'],
    ['prod-password.json', '{"password":7}', 'prod-password.json: holds no password'],
  ])('whose %s holds %j gives no half machine', async (name, text, reason) => {
    const folder = phpStore()
    writeFileSync(join(folder, name), text)
    const report = await arrange().take(folder, { environment: 'production' })
    expect(report.machines).toEqual([])
    expect(report.refused[0]).toMatchObject({ row: 'prod-*.json', reason })
  })

  test('without a token and scenarios is whole: the machine logs in', async () => {
    const folder = phpStore()
    for (const name of ['prod-token.json', 'prod-scenarios.json']) rmSync(join(folder, name))
    const { machines } = await arrange().take(folder, { environment: 'production' })
    expect(machines).toMatchObject([{ machineId: PROD, outcome: 'added', tokenUntil: undefined, scenarios: [] }])
  })
})

describe('the engine’s online_api_credentials.yaml', () => {
  test('gives its machine, with a word about the engine that goes on with it', async () => {
    const { take, client, registrations } = arrange({ machines: MACHINES })
    const report = await take(sample('online_api_credentials.yaml'))
    expect(report).toMatchObject({ machines: [{ machineId: ENGINE, outcome: 'added' }], refused: [] })
    expect(report.notes.join()).toMatch(/second program of the same machine: stop it/)
    await client.getDecisions({ machineId: ENGINE })
    expect(registrations()).toEqual([])
  })

  test('of another service than the store’s is told', async () => {
    const report = await arrange().take(sample('online_api_credentials.yaml'), { environment: 'development' })
    expect(report).toMatchObject({
      machines: [],
      refused: [{ reason: expect.stringContaining('belongs to api.crowdsec.net') }],
    })
  })

  test.each([
    ['', /url: must be text.*login: must be text.*password: must be text|the file/],
    ['url: https://api.crowdsec.net/\nlogin: x\n', /password: must be text that is not empty/],
    ['url: nowhere\nlogin: x\npassword: secret-word\n', /url: must be a URL/],
    ['password: "secret-word\nlogin: [', /must be YAML \(line \d+\)/],
    ['- secret-word\n', /must be the engine's online_api_credentials.yaml/],
    ['password: *secret-word\n', /must be YAML/],
  ])('that holds %j is refused, and nothing of it is shown', async (text, rule) => {
    const error = await arrange()
      .take(file('online_api_credentials.yaml', text))
      .catch((reason: unknown) => reason)
    expect(String(error)).toMatch(rule)
    expect(String(error)).not.toContain('secret-word')
  })
})

describe('what is none of these is named', () => {
  test.each([
    ['mongodb://user:secret-word@db/cscapi', /mongodb:\/\/.*must not be MongoDB|must not be MongoDB/],
    ['redis://127.0.0.1/0', /must be a SQLite file, a postgres: or mysql: URL/],
    ['https://user:secret-word@example.com/x', /must be a SQLite file/],
    ['sqlite://host/file.db', /must name a file, and no host/],
    ['/nowhere/at/all.db', /\/nowhere\/at\/all.db cannot be read: ENOENT/],
    ['postgres://user:secret-word@127.0.0.1:1/x', /cannot be read: .*ECONNREFUSED/],
    ['mysql+pymysql://user:secret-word@127.0.0.1:1/x', /cannot be read: .*ECONNREFUSED/],
  ])('%s', async (from, words) => {
    const error = await arrange()
      .take(from)
      .catch((reason: unknown) => reason)
    expect(String(error)).toMatch(words)
    expect(String(error)).not.toContain('secret-word')
  })

  test('a folder of other things, an empty file, a text, a damaged database', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'photos'))
    const { take } = arrange()
    await expect(take(folder)).rejects.toThrow(/this folder holds photos/)
    await expect(take(file('empty.db', ''))).rejects.toThrow(/this is an empty file/)
    await expect(take(file('notes.txt', 'hello'))).rejects.toThrow(/this is a file that is none of them/)
    const damaged = file('damaged.db', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4_096, 7)]))
    await expect(take(damaged)).rejects.toMatchObject({ code: 'source_unreadable' })
  })

  test('a database of another program, by its tables', async () => {
    const { withDatabase } = await import('./samples.js')
    const { take } = arrange()
    const path = join(temporaryFolder(), 'acme.db')
    await withDatabase(path, (database) => database.exec('CREATE TABLE acme (id INTEGER)'))
    await expect(take(path)).rejects.toThrow(/it lacks machine_models, .* and has acme/)
    await withDatabase(path, (database) =>
      database.exec('CREATE TABLE alerts (id); CREATE TABLE bouncers (id); CREATE TABLE machines (id)'),
    )
    await expect(take(path)).rejects.toThrow(/database of the CrowdSec engine: name its online_api_credentials.yaml/)
  })

  test('a store of ours, with the command for it', async () => {
    const { SqliteStorage } = await import('@cscapi/storage-sqlite')
    const path = join(temporaryFolder(), 'ours.db')
    const storage = new SqliteStorage({ path })
    await storage.open()
    await storage.close()
    await expect(arrange().take(path)).rejects.toThrow(/is a store of cscapi: use `cscapi copy`/)
  })
})

test.each(['sqlite:///', 'sqlite+pysqlite:////', 'file://', ''])(
  'a file may be named as %s…, as in Python',
  async (before) => {
    const report = await arrange().take(before + sample('python-sdk-0.7.db'), { apply: false })
    expect(report.signals.added).toBe(6)
  },
)
