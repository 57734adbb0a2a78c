import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { CapiClient, type CapiClientOptions, Secret } from '@cscapi/client'
import { copyStorage, MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, signalsOf } from './arrange.js'

const [KEY, OLDER] = [randomBytes(32), randomBytes(32)]
const PASSPHRASE = 'correct horse battery'

type Arranged = ReturnType<typeof arrange>

/** One client sends one signal, and closes. */
async function session({ connect }: Arranged, options: Partial<CapiClientOptions> = {}, number = 1) {
  const client = connect(options)
  try {
    await client.addSignals(signalsOf(machine(number), 1))
    return await client.sendSignals()
  } finally {
    await client.close()
  }
}

const stored = async ({ storage }: Arranged, number = 1) => {
  const row = await storage.getMachine(machine(number))
  return { password: row?.password ?? '', token: row?.token?.value ?? '' }
}

const inClear = (arranged: Arranged, number = 1) => arranged.emulator.machines.get(machine(number))?.password

describe('a sealed store', () => {
  test.each<[string, NonNullable<CapiClientOptions['encryptionKey']>]>([
    ['32 bytes', KEY],
    ['a passphrase', PASSPHRASE],
    ['a Secret', new Secret(PASSPHRASE)],
  ])('holds neither password nor token in clear, and works as any other: %s', async (_, encryptionKey) => {
    const arranged = arrange()
    expect(await session(arranged, { encryptionKey })).toMatchObject({ sent: 1, logins: 1 })
    const row = await stored(arranged)
    expect(row.password).toMatch(/^sealed:1:/)
    expect(row.token).toMatch(/^sealed:1:/)
    expect(JSON.stringify(row)).not.toContain(inClear(arranged))
    expect(await session(arranged, { encryptionKey })).toMatchObject({ sent: 1, logins: 0 })
  })

  test('gives the same password to processes that meet a machine at once', async () => {
    const arranged = arrange()
    const clients = Array.from({ length: 5 }, () => arranged.connect({ encryptionKey: PASSPHRASE }))
    await Promise.all(clients.map((client) => client.getDecisions({ machineId: machine() })))
    expect(arranged.emulator.record.count({ route: 'register' })).toBe(1)
    expect(arranged.emulator.machines.logins()).toBe(1)
  })

  test('is refused by a client without the key, which then sends nothing', async () => {
    const arranged = arrange()
    await session(arranged, { encryptionKey: KEY })
    const requests = arranged.emulator.record.count()
    const failure: unknown = await session(arranged).catch((error: unknown) => error)
    expect(failure).toMatchObject({ cause: { code: 'encryption_key_needed' } })
    expect(arranged.emulator.record.count()).toBe(requests)
    expect(await arranged.storage.stats()).toMatchObject({ pending: 1, leased: 0 })
  })

  test('is refused with a wrong key, by name of the machine and the keys, and goes on with the right one', async () => {
    const arranged = arrange()
    await session(arranged, { encryptionKey: KEY })
    const failure: unknown = await session(arranged, { encryptionKey: OLDER }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ cause: { code: 'wrong_encryption_key' } })
    const shown = inspect(failure, { depth: 9, showHidden: true })
    expect(shown).toContain(machine())
    for (const key of [KEY, OLDER]) {
      for (const form of ['hex', 'base64', 'base64url'] as const) expect(shown).not.toContain(key.toString(form))
    }
    expect(await session(arranged, { encryptionKey: KEY })).toMatchObject({ sent: 2 })
  })

  test('whose text was changed, or moved to another machine, is told apart from a wrong key', async () => {
    const arranged = arrange()
    const { storage } = arranged
    await session(arranged, { encryptionKey: KEY }, 1)
    await session(arranged, { encryptionKey: KEY }, 2)
    const { password } = await stored(arranged, 1)
    await storage.updateMachine(machine(2), { password })
    await expect(session(arranged, { encryptionKey: KEY }, 2)).rejects.toMatchObject({
      cause: { code: 'sealed_text_damaged' },
    })
    await storage.updateMachine(machine(1), { password: `${password.slice(0, -2)}AA` })
    await expect(session(arranged, { encryptionKey: KEY }, 1)).rejects.toMatchObject({
      cause: { code: 'sealed_text_damaged' },
    })
  })
})

describe('rows in clear', () => {
  test('are read, and sealed at their next write', async () => {
    const arranged = arrange()
    await session(arranged)
    expect(await stored(arranged)).toEqual({ password: inClear(arranged), token: expect.stringContaining('.') })
    expect(await session(arranged, { encryptionKey: KEY })).toMatchObject({ sent: 1, logins: 0 })
    arranged.advance(2 * HOUR_MS)
    expect(await session(arranged, { encryptionKey: KEY })).toMatchObject({ sent: 1, logins: 1 })
    const { password, token } = await stored(arranged)
    expect([password, token]).toEqual([expect.stringMatching(/^sealed:1:/), expect.stringMatching(/^sealed:1:/)])
  })

  test('are refused by name with requireSealed, until they are sealed', async () => {
    const arranged = arrange()
    await session(arranged)
    const encryptionKey = { keys: [KEY], requireSealed: true }
    await expect(session(arranged, { encryptionKey })).rejects.toMatchObject({
      cause: { code: 'machine_not_sealed', message: expect.stringContaining(machine()) },
    })
    const sealing = arranged.connect({ encryptionKey: KEY })
    expect(await sealing.resealMachines()).toBe(1)
    expect(await session(arranged, { encryptionKey })).toMatchObject({ sent: 2, logins: 0 })
  })
})

describe('rotating keys', () => {
  test('the older key opens, the newest seals, and after resealing the older is not needed', async () => {
    const arranged = arrange()
    for (const number of [1, 2, 3]) await session(arranged, { encryptionKey: OLDER }, number)
    const both = arranged.connect({ encryptionKey: { keys: [KEY, OLDER] } })
    await both.addSignals(signalsOf(machine(1), 1))
    expect(await both.sendSignals()).toMatchObject({ sent: 1, logins: 0 })
    expect(await both.resealMachines()).toBe(3)
    expect(await both.resealMachines()).toBe(0)
    for (const number of [1, 2, 3])
      expect(await session(arranged, { encryptionKey: KEY }, number)).toMatchObject({ sent: 1, logins: 0 })
  })
})

describe('a sealed store that is copied', () => {
  test('stays sealed, and opens with the same key in its new place', async () => {
    const arranged = arrange()
    await session(arranged, { encryptionKey: KEY })
    const copy = new MemoryStorage({ now: arranged.clock.now })
    await copy.open()
    await copyStorage(arranged.storage, copy)
    expect((await copy.getMachine(machine()))?.password).toBe((await stored(arranged)).password)
    const client = arranged.connect({ storage: copy, encryptionKey: KEY })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 1, logins: 0 })
  })
})

describe('a key', () => {
  test.each([
    ['too few bytes', randomBytes(16)],
    ['a short passphrase', 'short'],
    ['nothing', { keys: [] }],
    ['a number', 5],
  ])('that is none is refused without being shown: %s', (_, encryptionKey) => {
    const { connect } = arrange()
    let message = ''
    try {
      connect({ encryptionKey: encryptionKey as never })
    } catch (error) {
      message = inspect(error, { depth: 9 })
    }
    expect(message).toContain('encryptionKey')
    expect(message).not.toContain('short (got')
  })

  test('is not shown by inspecting the client, whatever it is', () => {
    const { connect } = arrange()
    for (const encryptionKey of [KEY, PASSPHRASE, new Secret(PASSPHRASE), { keys: [KEY, PASSPHRASE] }]) {
      const client = connect({ encryptionKey })
      const shown = inspect(client, { depth: 20, showHidden: true }) + JSON.stringify(client)
      expect(shown).not.toContain(PASSPHRASE)
      expect(shown).not.toContain(KEY.toString('hex').slice(0, 8))
    }
  })
})

describe('a Secret', () => {
  test('shows itself nowhere, and gives its text to whom it is handed', () => {
    const secret = new Secret('hidden text')
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      new Error(`failed with ${secret}`).stack,
      JSON.stringify({ ...secret }),
    ].join()
    expect(shown).not.toContain('hidden')
    expect(Secret.reveal(secret)).toBe('hidden text')
  })
})

describe('an attachment key', () => {
  test('may be given as a Secret', async () => {
    const { client, emulator } = arrange()
    const attachmentKey = new Secret('attachmentkey1')
    const [result] = await client.enrollMachines({ machineIds: [machine()], attachmentKey })
    expect(result).toMatchObject({ status: 'enrolled' })
    expect(emulator.record.last('enroll')?.body).toMatchObject({ attachment_key: 'attachmentkey1' })
  })
})

describe('a client with a certificate authority and a proxy', () => {
  const options = { storage: new MemoryStorage(), scenarios: ['acme/x'], environment: 'production' } as const

  test('takes both, shows neither, and names what is wrong with them', () => {
    const client = new CapiClient({ ...options, proxy: 'http://user:s3cret@proxy.example.com:3128' })
    expect(inspect(client, { depth: 20, showHidden: true })).not.toContain('s3cret')
    expect(() => new CapiClient({ ...options, ca: 'nonsense' })).toThrow(/ca/)
  })
})
