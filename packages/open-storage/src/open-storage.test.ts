import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { startPostgres, startRedis, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStorage } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'cscapi-open-'))
let redis: TestServer
let postgres: TestServer

beforeAll(async () => {
  redis = await startRedis()
  postgres = await startPostgres()
})

afterAll(async () => {
  await redis?.stop()
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('openStorage', () => {
  test('opens what the URL names, ready for use', async () => {
    const urls = {
      memory: 'memory:',
      sqlite: `sqlite:${join(folder, 'a.db')}`,
      postgres: postgres.url,
      redis: redis.url,
    }
    for (const [name, url] of Object.entries(urls)) {
      const storage = await openStorage(url)
      expect(storage.name).toBe(name)
      expect(await storage.stats()).toMatchObject({ pending: 0 })
      await storage.close()
    }
  })

  test('takes an absolute path in either spelling, and a relative one as it is', async () => {
    for (const path of [join(folder, 'b.db'), `//${join(folder, 'c.db')}`])
      await (await openStorage(`sqlite:${path}`)).close()
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.db'))
        .sort(),
    ).toEqual(['a.db', 'b.db', 'c.db'])
    await expect(openStorage('sqlite:./no/such/folder/x.db')).rejects.toMatchObject({ code: 'storage_unavailable' })
  })

  test('keeps applications apart by namespace', async () => {
    for (const { url } of [redis, postgres]) {
      const one = await openStorage(url, { namespace: 'one' })
      const other = await openStorage(url, { namespace: 'other' })
      await one.setState('k', new Uint8Array([1]))
      expect(await other.getState('k')).toBeUndefined()
      await one.close()
      await other.close()
    }
  })

  test('hands the warnings of a server to the logger', async () => {
    const forgetful = await startRedis({ config: { appendonly: 'no', save: '""' } })
    const warnings: string[] = []
    const storage = await openStorage(forgetful.url, { logger: { warn: (message) => warnings.push(message) } })
    expect(warnings).toEqual([expect.stringContaining('keeps nothing on disk')])
    await storage.close()
    await forgetful.stop()
  })

  test.each(['', 'cscapi.db', 'mysql://user:hunter2@host/db', 'sqlite:', 'sqlite://host/x.db', 'constructor:'])(
    'refuses %j with the rule, and repeats no password',
    async (url) => {
      const failure = await openStorage(url).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'invalid_input', issues: [{ path: 'url' }] })
      expect(String(failure)).not.toContain('hunter2')
    },
  )

  test.each([
    ['./x.db', 'did you mean sqlite:./x.db?'],
    ['/var/lib/x.db', 'did you mean sqlite:/var/lib/x.db?'],
    ['x.db', 'did you mean sqlite:x.db?'],
    ['C:\\data\\x.db', 'did you mean sqlite:C:\\data\\x.db?'],
    ['file:x.db', 'did you mean sqlite:x.db?'],
    ['sqlit:x.db', 'did you mean sqlite:x.db?'],
    ['sqlite3:x.db', 'did you mean sqlite:x.db?'],
    ['postgress://u:hunter2@h/d', 'did you mean postgres:?'],
    ['pg://u:hunter2@h/d', 'did you mean postgres:?'],
    ['redis+unix:///run/r.sock', 'did you mean unix:?'],
    ['mysql://u:hunter2@h/d', 'must begin with memory:, sqlite:, postgres:'],
    ['u:hunter2@h', 'must begin with'],
    ['__proto__://h', 'must begin with'],
    ['memory:x', 'nothing behind memory:'],
    ['memory://', 'nothing behind memory:'],
    ['sqlite://u:hunter2@host/x.db', 'and no host'],
    ['postgres://u:hunter2@h', 'must name a database'],
    ['redis://u:hunter2@h/cscapi', 'the database by its number'],
    ['valkey://:hunter2@h:0', 'a port of 1 to 65535'],
    ['unix://:hunter2@h/run/r.sock', 'the path of a socket'],
    [undefined, 'must begin with'],
    [null, 'must begin with'],
    [7, 'must begin with'],
    [new URL('redis://h'), 'must begin with'],
    [{ url: 'redis://h' }, 'must begin with'],
  ])('refuses %j before anything connects: %s', async (url, rule) => {
    const failure: unknown = await openStorage(url as string).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'url', rule: expect.stringContaining(rule) }],
    })
    expect(inspect(failure, { depth: 9 })).not.toContain('hunter2')
  })

  test.each([
    [{ schema: 'x' }, 'schema', 'did you mean namespace?'],
    [{ nameSpace: 'x' }, 'nameSpace', 'did you mean namespace?'],
    [{ logger: 'console' }, 'logger', 'must have a function warn'],
    [{ namespace: 7 }, 'namespace', 'must be text'],
    [null, 'value', 'must be an object'],
    ['x', 'value', 'must be an object'],
  ])('refuses the options %j', async (options, path, rule) => {
    await expect(openStorage('memory:', options as never)).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path, rule: expect.stringContaining(rule) }],
    })
  })
})
