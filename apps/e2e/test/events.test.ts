import { inspect } from 'node:util'
import type { ClientEventName, Logger } from '@cscapi/client'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, signalsOf } from './arrange.js'

const NAMES: readonly ClientEventName[] = [
  'sent',
  'rejected',
  'postponed',
  'paused',
  'machineFailing',
  'login',
  'request',
  'sendRun',
  'dropped',
  'stopped',
  'warning',
]
const ALWAYS = Number.POSITIVE_INFINITY

function recorded(client: ReturnType<typeof arrange>['client']) {
  const events: { name: ClientEventName; event: object }[] = []
  for (const name of NAMES) client.on(name, (event) => events.push({ name, event }))
  const of = (name: ClientEventName) => events.filter((one) => one.name === name).map(({ event }) => event)
  return { events, of }
}

describe('events', () => {
  test('tell what was sent, rejected and put back, once the store knows it', async () => {
    const { client, emulator, storage } = arrange()
    const { of } = recorded(client)
    const [good, poison] = [signalsOf(machine(1), 3), signalsOf(machine(2), 1)]
    await client.addSignals([...good, ...poison, ...signalsOf(machine(3), 2)])
    emulator.faults.inject({
      route: 'signals',
      status: 400,
      body: { message: 'Malformed' },
      machineId: machine(2),
      times: ALWAYS,
    })
    emulator.faults.inject({ route: 'signals', status: 503, machineId: machine(3) })
    const pendingWhenTold: number[] = []
    client.on('sent', () => {
      void storage.stats().then(({ pending, leased }) => pendingWhenTold.push(pending + leased))
    })
    await client.sendSignals({ concurrency: 1 })
    expect(of('sent')).toEqual([{ machineId: machine(1), count: 3 }])
    expect(of('rejected')).toEqual([
      { machineId: machine(2), uuids: [poison[0]?.uuid], reason: 'Malformed', status: 400 },
    ])
    expect(of('postponed')).toMatchObject([
      { machineId: machine(3), count: 2, afterMs: 2_500, error: { code: 'server_error' } },
    ])
    expect(of('sendRun')).toMatchObject([{ sent: 3, rejected: 1, postponed: 2 }])
    expect(pendingWhenTold).toEqual([3])
  })

  test('tell of a pause and of a machine that fails', async () => {
    const { client, emulator, advance } = arrange()
    const { of } = recorded(client)
    emulator.faults.inject({ route: 'login', kind: 'bad-credentials', machineId: machine(1) })
    await client.addSignals(signalsOf(machine(1), 1))
    await client.sendSignals()
    expect(of('machineFailing')).toEqual([
      {
        machineId: machine(1),
        reason: 'credentials_refused',
        message: 'The machine_id or password is incorrect',
        retryAfterMs: HOUR_MS,
      },
    ])
    emulator.faults.inject({ route: 'signals', kind: 'ban' })
    await client.addSignals(signalsOf(machine(2), 1))
    await client.sendSignals()
    expect(of('paused')).toEqual([{ reason: 'forbidden', message: 'Forbidden', forMs: 1.05 * HOUR_MS }])
    advance(5 * MINUTE_MS)
    await client.sendSignals()
    expect(of('paused')).toHaveLength(1)
  })

  test('a listener that throws breaks nothing, and is told of', async () => {
    const { client } = arrange()
    const { of } = recorded(client)
    client.on('sent', () => {
      throw new Error('the listener’s own trouble')
    })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 1 })
    expect(of('warning')).toMatchObject([{ code: 'listener_failed', error: { message: 'the listener’s own trouble' } }])
  })

  test('end with the function that on() returned', async () => {
    const { client } = arrange()
    const seen: object[] = []
    const off = client.on('sendRun', (event) => seen.push(event))
    await client.sendSignals()
    off()
    await client.sendSignals()
    expect(seen).toHaveLength(1)
  })
})

describe('the logger', () => {
  test('gets a line for everything, with facts and without secrets', async () => {
    const lines: { level: string; facts: object; message: string }[] = []
    const level =
      (name: keyof Logger) =>
      (facts: object, message: string): void => {
        lines.push({ level: name, facts, message })
      }
    const logger = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') }
    const { connect, emulator, storage, advance } = arrange()
    const client = connect({ logger })
    await client.addSignals([1, 2, 3].flatMap((number) => signalsOf(machine(number), 2)))
    emulator.faults.inject({ route: 'signals', status: 400, machineId: machine(2), times: ALWAYS })
    emulator.faults.inject({ route: 'login', kind: 'bad-credentials', machineId: machine(3) })
    await client.sendSignals()
    await client.enrollMachines({ machineIds: [machine(1)], attachmentKey: 'attachmentkey1' })
    emulator.faults.inject({ kind: 'ban' })
    advance(HOUR_MS)
    await client.getDecisions({ machineId: machine(1) }).catch(() => undefined)
    await client.stop()

    const secrets = ['attachmentkey1']
    for (const number of [1, 2, 3]) {
      const stored = await storage.getMachine(machine(number))
      secrets.push(String(stored?.password), ...(stored?.token ? [stored.token.value] : []))
    }
    expect(secrets.length).toBeGreaterThan(5)
    const printed = inspect(lines, { depth: 9 }) + JSON.stringify(lines)
    for (const secret of secrets) expect(printed).not.toContain(secret)
    const found = lines.map(({ level: of, message }) => `${of} ${message}`)
    for (const line of [
      'debug cscapi: signals sent',
      'debug cscapi: logged in',
      'debug cscapi: request ended',
      'info cscapi: sending run ended',
      'warn cscapi: signals rejected: they are dead letters now',
      'error cscapi: machine is left alone for a while',
      'warn cscapi: every process of this store waits',
      'info cscapi: client stopped',
    ])
      expect(found).toContain(line)
    await client.close()
  })

  test('may be pino itself', async () => {
    const written: string[] = []
    const { connect, emulator } = arrange()
    const client = connect({ logger: pino({ level: 'debug' }, { write: (line) => written.push(line) }) })
    emulator.faults.inject({ route: 'signals', status: 503, machineId: machine(2) })
    await client.addSignals([...signalsOf(machine(1), 3), ...signalsOf(machine(2), 2)])
    await client.sendSignals()
    await client.close()
    const lines = written.map((line) => JSON.parse(line))
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 20,
        event: 'sent',
        machineId: machine(1),
        count: 3,
        msg: 'cscapi: signals sent',
      }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 30, event: 'postponed', count: 2, error: expect.stringContaining('503') }),
    )
  })

  test('that throws breaks nothing; one that lacks a method is refused', async () => {
    const broken = () => {
      throw new Error('no disk')
    }
    const { connect } = arrange()
    const client = connect({ logger: { debug: broken, info: broken, warn: broken, error: broken } })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 1 })
    expect(() => connect({ logger: { info: broken } as never })).toThrow(/logger: must have the methods/)
  })
})
