import { startMariadb, startPostgres, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrange } from './arrange.js'
import { change, contentOf, fill, type SampleName } from './python-servers.js'
import { MACHINES, sample, UNSEEN } from './samples.js'

const PASSWORD = 'p@ss:w/rd'
const samples = ['python-sdk-0.7.db', 'python-sdk-old.db'] as const satisfies readonly SampleName[]

describe.each([
  ['postgres', 'postgresql+psycopg2:', () => startPostgres({ password: PASSWORD })],
  ['mysql', 'mysql+pymysql:', () => startMariadb({ password: PASSWORD })],
] as const)('a database of the Python SDK on a real server (%s)', (system, scheme, start) => {
  let server: TestServer
  /** As it stands in a Python program. */
  let from: string
  beforeAll(async () => {
    server = await start()
    from = server.url.replace(/^\w+:/, scheme)
  })
  afterAll(() => server.stop())

  test.each(samples)('%s: what comes is what comes of the SQLite file, and the source is not changed', async (name) => {
    await fill(system, server.url, name)
    const before = await contentOf(system, server.url)
    const ours = arrange()
    const report = await ours.take(from)
    const sqlite = arrange()
    // There context may be another signal's, which a server's foreign keys rule out.
    const expected = await sqlite.take(sample(name), { doubtfulContext: true })
    expect({ ...report, source: '', notes: [] }).toEqual({ ...expected, source: '', notes: [] })
    expect(await ours.pending()).toEqual(await sqlite.pending())
    expect(await contentOf(system, server.url)).toBe(before)
    expect(JSON.stringify(report)).not.toContain('p@ss')
  })

  test.each(samples)('%s: ends in a send in which no machine registers anew; again, nothing changes', async (name) => {
    await fill(system, server.url, name)
    const { take, client, emulator, registrations } = arrange()
    const { signals } = await take(from)
    expect((await take(from)).signals).toEqual({ ...signals, added: 0, before: signals.added })
    await client.sendSignals()
    await client.reviveMachines()
    await client.sendSignals()
    expect(registrations()).toEqual(name === 'python-sdk-0.7.db' ? [UNSEEN] : [])
    expect(emulator.signals.size).toBe(signals.added)
    expect((await take(from)).signals).toMatchObject({ added: 0, before: signals.added })
  })

  test('rows that are not whole are told by number', async () => {
    await fill(system, server.url, 'python-sdk-0.7.db')
    await change(system, server.url, "UPDATE signal_models SET created_at = 'soon' WHERE alert_id = 5")
    await change(
      system,
      server.url,
      `UPDATE machine_models SET password = NULL WHERE machine_id = '${MACHINES.prefixed}'`,
    )
    const { refused } = await arrange().take(from)
    expect(refused.map(({ row }) => row)).toEqual([
      'machine_models row 2',
      'signal_models row 5',
      'signal_models row 7',
      'signal_models row 8',
      'signal_models row 11',
      'signal_models row 12',
    ])
  })

  test('a wrong password, and a database without the tables, are told without the password', async () => {
    const wrong = new URL(server.url)
    wrong.password = 'other-word'
    const refusal = await arrange().take(wrong.href).catch(String)
    expect(refusal).toMatch(/cannot be read: .*(password authentication failed|Access denied)/)
    expect(refusal).not.toContain('other-word')
    await change(system, server.url, 'DROP TABLE decision_models')
    const { message } = await arrange().take(from).then(Object, Object)
    expect(message).toMatch(/it lacks decision_models, and has context_models, machine_models/)
    expect(message).not.toContain('p@ss')
  })
})
