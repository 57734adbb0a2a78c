import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { arrange } from './arrange.js'
import { changed, MACHINES, sample, UNSEEN, withDatabase } from './samples.js'

const NEW = 'python-sdk-0.7.db'
const OLD = 'python-sdk-old.db'

describe('a database of the Python SDK', () => {
  test('of 0.7: machines come with their passwords, unsent signals with their uuids, bad rows are told', async () => {
    const { take, storage, pending } = arrange()
    const report = await take(sample(NEW))
    expect(report.machines).toMatchObject([
      { machineId: MACHINES.first, outcome: 'added', failing: false, tokenUntil: '2027-03-02T00:00:00.000Z' },
      { machineId: MACHINES.prefixed, outcome: 'added', failing: false, tokenUntil: undefined },
      { machineId: MACHINES.failing, outcome: 'added', failing: true, tokenUntil: undefined },
    ])
    expect(report.signals).toEqual({ added: 6, before: 0, duplicates: 0, filtered: 0, sent: 4 })
    expect(report.refused).toEqual([
      {
        row: 'signal_models row 11',
        what: 'signal',
        reason: 'source.value: must be an IPv4 or IPv6 address or a CIDR range (got "203.0.113.300")',
      },
      { row: 'signal_models row 12', what: 'signal', reason: 'it has no source' },
    ])
    expect(await storage.getMachine(MACHINES.first)).toMatchObject({
      password: 'example-password-1',
      registered: true,
      token: { scenarios: ['crowdsecurity/http-probing', 'crowdsecurity/ssh-bf'] },
      failing: undefined,
    })
    expect(await storage.getMachine(MACHINES.failing)).toMatchObject({
      password: 'example-password-3',
      registered: true,
      token: undefined,
      failing: { reason: 'machine_refused', message: expect.stringContaining('marked as failing by the Python SDK') },
    })
    expect(await storage.getMachine(UNSEEN)).toBeUndefined()
    const signals = await pending()
    expect(signals.map(({ uuid }) => Number(uuid.slice(-2))).sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10])
    expect(signals.find(({ uuid }) => uuid.endsWith('05'))).toEqual({
      message: '',
      scenario: 'crowdsecurity/ssh-bf',
      scenario_hash: '',
      scenario_version: '',
      scenario_trust: 'manual',
      source: { scope: 'Ip', value: '203.0.113.9', ip: '203.0.113.9' },
      created_at: '2024-06-27T10:04:00.000Z',
      start_at: '2024-06-27T09:58:00.123456789Z',
      stop_at: '2024-06-27T10:03:59.500Z',
      machine_id: MACHINES.first,
      uuid: '00000000-0000-4000-8000-000000000005',
      context: [
        { key: 'target_user', value: '["root","admin"]' },
        { key: 'service', value: 'ssh' },
      ],
      decisions: [
        expect.objectContaining({ duration: '4h0m0s', type: 'ban', value: '203.0.113.9', simulated: false }),
        expect.objectContaining({ duration: '1h0m0s', type: 'captcha', value: '203.0.113.9', simulated: true }),
      ],
    })
    expect(signals.find(({ uuid }) => uuid.endsWith('07')).source).toEqual({
      scope: 'Ip',
      value: '203.0.113.10',
      ip: '203.0.113.10',
      range: '203.0.113.0/24',
      cn: 'FR',
      as_name: 'EXAMPLE-AS',
      as_number: '64500',
      latitude: 48.85,
      longitude: 2.35,
    })
    expect(signals.find(({ uuid }) => uuid.endsWith('08')).source).toMatchObject({
      scope: 'Range',
      value: '198.51.100.0/24',
    })
  })

  test('of before 2024-02, where a signal names its source, comes as whole', async () => {
    const { take, pending } = arrange()
    const report = await take(sample(OLD))
    expect(report.signals).toMatchObject({ added: 8, sent: 4 })
    expect(report.refused).toEqual([])
    const sources = Object.fromEntries((await pending()).map(({ uuid, source }) => [uuid.slice(-2), source.value]))
    expect(sources).toEqual({
      '05': '203.0.113.9',
      '06': '2001:db8::7',
      '07': '203.0.113.10',
      '08': '203.0.113.11',
      '09': '203.0.113.12',
      10: '203.0.113.13',
      11: '203.0.113.14',
      12: '198.51.100.22',
    })
  })

  test.each([NEW, OLD])('no machine of %s is registered anew, and each signal is sent once', async (name) => {
    const { take, client, emulator, registrations } = arrange()
    const { signals } = await take(sample(name))
    await client.sendSignals()
    await client.reviveMachines()
    await client.sendSignals()
    expect(registrations()).toEqual(name === NEW ? [UNSEEN] : [])
    expect(emulator.signals.size).toBe(signals.added)
    expect(emulator.signals.duplicates()).toEqual([])
    expect(await client.stats()).toMatchObject({ pending: 0, failing: 0 })
  })

  test.each([NEW, OLD])(
    'imported twice, %s changes nothing, also where all of it was sent in between',
    async (name) => {
      const { take, client, storage } = arrange()
      const first = await take(sample(name))
      const again = await take(sample(name))
      expect(again.machines.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged'])
      expect(again.signals).toEqual({ ...first.signals, added: 0, before: first.signals.added })
      expect(again.refused).toEqual(first.refused)
      await client.sendSignals()
      await client.reviveMachines()
      await client.sendSignals()
      const before = await storage.listMachines()
      expect((await take(sample(name))).signals).toMatchObject({ added: 0, before: first.signals.added })
      expect(await storage.listMachines()).toEqual(before)
      expect(await client.stats()).toMatchObject({ pending: 0 })
    },
  )

  test('a dry run says the same and stores nothing', async () => {
    const { take, storage, client } = arrange()
    const dry = await take(sample(NEW), { apply: false })
    expect(await client.stats()).toMatchObject({ machines: 0, pending: 0 })
    expect(await storage.getState('imported:0')).toBeUndefined()
    expect(await take(sample(NEW))).toEqual({ ...dry, applied: true })
  })

  test('is left as it is, and so is its folder', async () => {
    const { take } = arrange()
    const path = await changed(NEW)
    const state = () => ({
      files: readdirSync(dirname(path)),
      folder: statSync(dirname(path), { bigint: true }).mtimeNs,
      file: statSync(path, { bigint: true }).mtimeNs,
      bytes: readFileSync(path).toString('base64'),
    })
    const before = state()
    await take(path)
    expect(state()).toEqual(before)
  })

  test('whose newest signals are in the log beside it comes whole, and the log stays', async () => {
    const { take } = arrange()
    const path = await changed(NEW, 'PRAGMA journal_mode = WAL')
    await withDatabase(path, async (database) => {
      database.exec('PRAGMA wal_autocheckpoint = 0')
      database.exec("UPDATE source_models SET value = '203.0.113.30' WHERE signal_id = 11")
      const before = readdirSync(dirname(path)).map((file) => [file, statSync(`${dirname(path)}/${file}`).size])
      expect(before.map(([file]) => file)).toContain(`${NEW}-wal`)
      const report = await take(path)
      expect(report.signals.added).toBe(7)
      expect(readdirSync(dirname(path)).map((file) => [file, statSync(`${dirname(path)}/${file}`).size])).toEqual(
        before,
      )
    })
  })
})

describe('rows that are not whole', () => {
  test.each([
    ["UPDATE signal_models SET scenario = 'ssh bf' WHERE alert_id = 5", /^scenario: must be a scenario name/],
    ['UPDATE signal_models SET created_at = NULL WHERE alert_id = 5', /^createdAt: must be a Date/],
    ["UPDATE signal_models SET created_at = '2224-06-27T10:00:00+0000' WHERE alert_id = 5", /a day ahead of now/],
    ["UPDATE signal_models SET uuid = 'not-one' WHERE alert_id = 5", /^uuid: must be a uuid/],
    ["UPDATE signal_models SET message = x'00ff' WHERE alert_id = 5", /^message: must be text$/],
    ["UPDATE signal_models SET machine_id = 'x; y' WHERE alert_id = 5", /^machineId: must be 1 to 128 letters/],
    ["UPDATE signal_models SET machine_id = 'short' WHERE alert_id = 5", /machine id "short" is none that CAPI takes/],
    ['UPDATE decision_models SET duration = NULL WHERE id = 2', /^decisions\[0\]\.duration: must be a duration/],
    ["UPDATE source_models SET latitude = 'north' WHERE signal_id = 5", /^source_models: latitude: must be a number$/],
    ["UPDATE signal_models SET uuid = '00000000-0000-4000-8000-000000000006' WHERE alert_id = 5", undefined],
  ])('%s', async (statement, reason) => {
    const { take, pending } = arrange()
    const report = await take(await changed(NEW, statement))
    const rows = report.refused.filter(({ row }) => row !== 'signal_models row 11' && row !== 'signal_models row 12')
    if (reason === undefined) {
      const second = 'has the uuid 00000000-0000-4000-8000-000000000006, or the content, of signal_models row 5'
      expect(rows).toEqual([{ row: 'signal_models row 6', what: 'signal', reason: second }])
    } else expect(rows).toEqual([{ row: 'signal_models row 5', what: 'signal', reason: expect.stringMatching(reason) }])
    expect(await pending()).toHaveLength(5)
  })

  test('a machine without a password is left out with its signals: it would be registered anew', async () => {
    const { take, storage, pending } = arrange()
    const statement = `UPDATE machine_models SET password = '' WHERE machine_id = '${MACHINES.first}'`
    const report = await take(await changed(NEW, statement))
    expect(report.refused).toEqual(
      expect.arrayContaining([
        { row: 'machine_models row 1', what: 'machine', machineId: MACHINES.first, reason: 'password: is empty' },
        {
          row: 'signal_models row 5',
          what: 'signal',
          reason: 'its machine (machine_models row 1) was not taken over, and would be registered anew',
        },
      ]),
    )
    expect(await storage.getMachine(MACHINES.first)).toBeUndefined()
    expect((await pending()).map(({ machine_id }) => machine_id)).not.toContain(MACHINES.first)
  })

  test('of two rows of a machine the newer one counts, and the other is told', async () => {
    const { take, storage } = arrange()
    const insert = `INSERT INTO machine_models VALUES (9, '${MACHINES.first}', '', 'a newer password', '', 0)`
    const report = await take(await changed(OLD, insert))
    expect(report.refused).toEqual([
      {
        row: 'machine_models row 1',
        what: 'machine',
        reason: `an older row of machine "${MACHINES.first}": machine_models row 9 counts`,
      },
    ])
    expect(await storage.getMachine(MACHINES.first)).toMatchObject({ password: 'a newer password' })
  })

  test('ids of more than 48 characters wait for the setting that allows them', async () => {
    const { take } = arrange({ allowLongMachineIds: false })
    const report = await take(sample(NEW))
    expect(report.machines.map(({ machineId }) => machineId)).toEqual([MACHINES.first, MACHINES.failing])
    expect(report.refused.map(({ row }) => row)).toEqual([
      'machine_models row 2',
      'signal_models row 7',
      'signal_models row 8',
      'signal_models row 11',
      'signal_models row 12',
    ])
    expect(report.refused[0]?.reason).toContain('set allowLongMachineIds to true, and import again')
  })

  test('signals without a uuid get one of their content: the same each time, and twice the same content is one', async () => {
    const { take, pending } = arrange()
    const path = await changed(
      NEW,
      "UPDATE signal_models SET uuid = '', message = 'x', created_at = '2024-06-27T10:00:00Z', start_at = NULL, stop_at = NULL WHERE alert_id IN (9, 10)",
      `UPDATE signal_models SET machine_id = '${MACHINES.first}' WHERE alert_id IN (9, 10)`,
      "UPDATE source_models SET value = '203.0.113.50' WHERE signal_id IN (9, 10)",
      'UPDATE signal_models SET uuid = NULL WHERE alert_id = 8',
    )
    const report = await take(path)
    expect(report.signals.added).toBe(5)
    expect(report.refused.map(({ row }) => row)).toContain('signal_models row 10')
    const uuids = (await pending()).map(({ uuid }) => uuid)
    expect(new Set(uuids).size).toBe(5)
    expect(
      uuids.filter((uuid) => /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid)),
    ).toHaveLength(2)
    expect((await take(path)).signals).toMatchObject({ added: 0, before: 5 })
  })

  test('what a deleted signal left behind does not come with the one that has its number', async () => {
    const { take, pending } = arrange()
    const path = await changed(OLD, "UPDATE decision_models SET value = '192.0.2.1' WHERE id = 3")
    const report = await take(path)
    expect(report.notes.join('\n')).toMatch(
      /1 decisions are about another address[\s\S]*3 pieces of context may be rests/,
    )
    const fifth = (await pending()).find(({ uuid }) => uuid.endsWith('05'))
    expect(fifth.decisions).toMatchObject([{ value: '203.0.113.9' }])
    expect(fifth).not.toHaveProperty('context')
    const wanted = arrange()
    await wanted.take(path, { doubtfulContext: true })
    expect((await wanted.pending()).find(({ uuid }) => uuid.endsWith('05')).context).toHaveLength(2)
  })

  test('rows that belong to no signal are told', async () => {
    const { take } = arrange()
    const report = await take(await changed(NEW, "INSERT INTO context_models VALUES (99, 'v', 'k', 4711)"))
    expect(report.notes).toContain('1 rows of context_models and decision_models belong to no signal: left out')
  })
})

describe('what the store knows already', () => {
  test('a password is never replaced: the machine stays, and the other password is a conflict', async () => {
    const { take, storage } = arrange()
    await storage.createMachine({ machineId: MACHINES.first, password: 'of the store' })
    const report = await take(sample(NEW))
    expect(report.machines[0]).toMatchObject({ machineId: MACHINES.first, outcome: 'conflict' })
    expect(await storage.getMachine(MACHINES.first)).toMatchObject({ password: 'of the store', registered: false })
    expect(JSON.stringify(report)).not.toMatch(/of the store|example-password/)
  })

  test('an import that was cut off between a machine and what is known of it is completed', async () => {
    const { take, storage } = arrange()
    await storage.createMachine({ machineId: MACHINES.failing, password: 'example-password-3' })
    const report = await take(sample(NEW))
    expect(report.machines[2]).toMatchObject({ machineId: MACHINES.failing, outcome: 'completed' })
    expect(await storage.getMachine(MACHINES.failing)).toMatchObject({
      registered: true,
      failing: { reason: 'machine_refused' },
    })
  })

  test('a machine that was revived since stays so', async () => {
    const { take, client, storage } = arrange()
    await take(sample(NEW))
    await client.reviveMachines()
    await take(sample(NEW))
    expect(await storage.getMachine(MACHINES.failing)).toMatchObject({ failing: undefined })
  })

  test('what the configuration never reports is left out and counted', async () => {
    const { take, pending } = arrange({ neverReport: ['203.0.113.9'] })
    expect((await take(sample(NEW))).signals).toMatchObject({ added: 5, filtered: 1 })
    expect(await pending()).toHaveLength(5)
  })
})
