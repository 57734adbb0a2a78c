import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { copyStorage, MemoryStorage, type Storage } from '@cscapi/storage'
import { PostgresStorage } from '@cscapi/storage-postgres'
import { RedisStorage } from '@cscapi/storage-redis'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { startPostgres, startRedis } from '@cscapi/test-servers'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, signalsOf } from './arrange.js'

const KEY = randomBytes(32)
const PASSPHRASE = 'correct horse battery'

async function sealedBy(encryptionKey: Uint8Array | string, machines = 1) {
  const arranged = arrange()
  const client = arranged.connect({ encryptionKey })
  for (let number = 1; number <= machines; number += 1) await client.addSignals(signalsOf(machine(number), 1))
  await client.sendSignals()
  return { ...arranged, client }
}

async function emptyStore(now: () => number): Promise<Storage> {
  const storage = new MemoryStorage({ now })
  await storage.open()
  return storage
}

describe('a store sealed by a passphrase', () => {
  test('opens with it after it was copied, since its salt is copied too', async () => {
    const { storage, connect, clock } = await sealedBy(PASSPHRASE)
    const copy = await emptyStore(clock.now)
    await copyStorage(storage, copy)
    const row = await storage.getMachine(machine())
    expect(await copy.getMachine(machine())).toMatchObject({
      password: row?.password,
      token: { value: row?.token?.value },
    })
    const client = connect({ storage: copy, encryptionKey: PASSPHRASE })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 1, logins: 0 })
  })

  test('is not copied into one that was sealed by itself: its salt would be lost, and its rows with it', async () => {
    const [from, to] = [await sealedBy(PASSPHRASE), await sealedBy(PASSPHRASE)]
    await expect(copyStorage(from.storage, to.storage)).rejects.toMatchObject({ code: 'storage_conflict' })
    const moved = (await from.storage.listMachines()).machines.map(({ password }) => password)
    const kept = (await to.storage.listMachines()).machines.map(({ password }) => password)
    expect(kept).not.toContain(moved[0])
  })

  test('needs the passphrase in a new process, and nothing else', async () => {
    const path = join(temporaryFolder(), 'sealed.db')
    const { connect, clock } = arrange()
    const open = () => connect({ storage: new SqliteStorage({ path, now: clock.now }), encryptionKey: PASSPHRASE })
    for (const logins of [1, 0]) {
      const client = open()
      await client.addSignals(signalsOf(machine(), 1))
      expect(await client.sendSignals()).toMatchObject({ sent: 1, logins })
      await client.close()
    }
  })
})

test('a store of every kind is sealed, and copied from one kind to the next as it is', async () => {
  const folder = temporaryFolder()
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  const stores: Storage[] = [
    new MemoryStorage(),
    new SqliteStorage({ path: join(folder, 'sealed.db') }),
    new RedisStorage({ url: redis.url }),
    new PostgresStorage({ url: postgres.url }),
  ]
  try {
    const { connect } = arrange()
    let from: Storage | undefined
    for (const storage of stores) {
      await storage.open()
      if (from !== undefined) await copyStorage(from, storage)
      const row = await from?.getMachine(machine())
      expect((await storage.getMachine(machine()))?.password).toBe(row?.password)
      const encryptionKey = { keys: [PASSPHRASE], requireSealed: true }
      // Closed by nobody but this test: the next copy reads from it.
      const client = connect({ storage, encryptionKey })
      await client.addSignals(signalsOf(machine(), 1))
      expect(await client.sendSignals()).toMatchObject({ sent: 1, logins: from === undefined ? 1 : 0 })
      const { password, token } = (await storage.getMachine(machine())) ?? {}
      expect([password, token?.value]).toEqual(Array(2).fill(expect.stringMatching(/^sealed:1:/)))
      from = storage
    }
    // Rotated in a store that was written by another kind's client.
    const storage = stores.at(-1) as Storage
    const rotating = connect({ storage, encryptionKey: { keys: [KEY, PASSPHRASE] } })
    expect(await rotating.resealMachines()).toBe(1)
    const after = connect({ storage, encryptionKey: KEY })
    expect(await after.verify({ machineId: machine() })).toMatchObject({ machine: { machineId: machine() } })
  } finally {
    for (const storage of stores) await storage.close()
    await redis.stop()
    await postgres.stop()
  }
})

describe('a damaged row', () => {
  test('ends the run that meets it, and then stops no other machine for an hour', async () => {
    const { storage, client, advance } = await sealedBy(KEY, 3)
    const text = (await storage.getMachine(machine(1)))?.password ?? ''
    await storage.updateMachine(machine(2), { password: text })
    for (const number of [1, 2, 3]) await client.addSignals(signalsOf(machine(number), 1))
    await expect(client.sendSignals()).rejects.toMatchObject({ code: 'sealed_text_damaged' })
    await client.sendSignals()
    expect(await client.sendSignals()).not.toHaveProperty('stopped')
    expect(await client.stats()).toMatchObject({ pending: 1, leased: 0 })
    advance(HOUR_MS)
    await expect(client.sendSignals()).rejects.toMatchObject({ code: 'sealed_text_damaged' })
  })

  test('is not one of whom the password was put where the token belongs', async () => {
    const { storage, client } = await sealedBy(KEY)
    const { password = '' } = (await storage.getMachine(machine())) ?? {}
    await storage.updateMachine(machine(), { token: { value: password, scenarios: [], lifetimeMs: HOUR_MS } })
    await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject({ code: 'sealed_text_damaged' })
  })
})

describe('what the client does with a sealed machine', () => {
  test('whoever reads it through the client gets what is in clear: claims, failing, reviving', async () => {
    const { client } = await sealedBy(KEY)
    const infos = []
    for await (const info of client.machines()) infos.push(info)
    expect(infos).toMatchObject([{ machineId: machine(), registered: true, token: { scenarios: expect.any(Array) } }])
    expect(JSON.stringify(infos)).not.toContain('sealed:')
    expect(await client.verify({ machineId: machine() })).toMatchObject({ machine: { machineId: machine() } })
  })

  test('a fresh login replaces both texts under the newest key', async () => {
    const { storage, connect, advance, client } = await sealedBy(KEY)
    await client.close()
    advance(2 * HOUR_MS)
    const newest = randomBytes(32)
    const before = await storage.getMachine(machine())
    const rotating = connect({ encryptionKey: { keys: [newest, KEY], requireSealed: true } })
    await rotating.addSignals(signalsOf(machine(), 1))
    expect(await rotating.sendSignals()).toMatchObject({ sent: 1, logins: 1 })
    const after = await storage.getMachine(machine())
    const idOf = (text = '') => text.split(':')[2]
    expect(idOf(after?.password)).not.toBe(idOf(before?.password))
    expect(idOf(after?.token?.value)).toBe(idOf(after?.password))
  })
})
