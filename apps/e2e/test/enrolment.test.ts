import { inspect } from 'node:util'
import { type EnrollResult, InputError, StorageError } from '@cscapi/client'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine } from './arrange.js'

const KEY = 'attachmentkey4711'

describe('the result of an enrolment', () => {
  test('has CAPI’s message, whatever became of the machine', async () => {
    const { connect, emulator } = arrange({ attachmentKeys: [KEY] })
    const client = connect({ maxRetries: 0 })
    const enroll = async (attachmentKey = KEY) =>
      (await client.enrollMachines({ machineIds: [machine()], attachmentKey }))[0]
    expect(await enroll()).toMatchObject({ status: 'enrolled', message: 'OK' })
    expect(await enroll()).toMatchObject({
      status: 'already-enrolled',
      message: 'the security engine is already enrolled',
    })
    expect(await enroll('another')).toMatchObject({
      status: 'refused',
      message: 'the attachment key provided is not valid',
      error: { code: 'attachment_key_refused', status: 403 },
    })
    for (const [fault, expected] of [
      [
        { status: 400, body: { message: 'name is too long' } },
        { status: 'refused', message: 'name is too long' },
      ],
      [
        { status: 500, body: { message: 'busy' } },
        { status: 'postponed', message: 'busy' },
      ],
      [{ kind: 'reset' }, { status: 'postponed', message: undefined, error: { code: 'network_error' } }],
      [
        { kind: 'rate-limit', retryAfter: 30 },
        { status: 'postponed', error: { code: 'rate_limited' } },
      ],
    ] as const) {
      emulator.faults.inject({ route: 'enroll', ...fault })
      expect(await enroll()).toMatchObject(expected)
    }
  })

  test('a machine that CAPI refuses is refused itself; once it is left alone, it is postponed; the others are enrolled', async () => {
    const { client, emulator, advance } = arrange()
    emulator.faults.inject({ route: 'login', kind: 'bad-credentials', machineId: machine(1), times: 1 })
    const request = { machineIds: [machine(1), machine(2)], attachmentKey: KEY }
    expect(await client.enrollMachines(request)).toMatchObject([
      { status: 'refused', message: 'The machine_id or password is incorrect', error: { code: 'credentials_refused' } },
      { status: 'enrolled' },
    ])
    expect(await client.enrollMachines(request)).toMatchObject([
      { status: 'postponed', error: { code: 'machine_failing' } },
      { status: 'already-enrolled' },
    ])
    advance(HOUR_MS)
    expect(await client.enrollMachines(request)).toMatchObject([{ status: 'enrolled' }, { status: 'already-enrolled' }])
  })

  test('a store that fails is no result: it is thrown', async () => {
    const { connect } = arrange()
    class BrokenStorage extends MemoryStorage {
      override async createMachine(): Promise<never> {
        throw new StorageError('storage_failed', 'The disk is full', { adapter: 'memory', operation: 'createMachine' })
      }
    }
    const client = connect({ storage: new BrokenStorage() })
    await expect(client.enrollMachines({ machineIds: [machine()], attachmentKey: KEY })).rejects.toMatchObject({
      code: 'storage_failed',
    })
  })

  test('an abort in the middle says what was done before', async () => {
    const { client, emulator } = arrange()
    const stop = new AbortController()
    emulator.faults.inject({
      route: 'enroll',
      machineId: machine(2),
      kind: 'hang',
      when: () => {
        stop.abort()
        return true
      },
    })
    const machineIds = [machine(1), machine(2), machine(3)]
    const failure = await client
      .enrollMachines({ machineIds, attachmentKey: KEY, signal: stop.signal })
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'aborted', report: [{ machineId: machine(1), status: 'enrolled' }] })
    expect(emulator.machines.enrolled).toEqual([machine(1)])
  })

  test('so does one that comes while it waits for the next try', async () => {
    const { connect, emulator } = arrange()
    const stop = new AbortController()
    const sleep = async (_ms: number, signal?: AbortSignal) => {
      stop.abort()
      signal?.throwIfAborted()
    }
    const client = connect({ clock: { now: Date.now, sleep } })
    emulator.faults.inject({ route: 'enroll', status: 503, machineId: machine(2) })
    const machineIds = [machine(1), machine(2)]
    await expect(client.enrollMachines({ machineIds, attachmentKey: KEY, signal: stop.signal })).rejects.toMatchObject({
      code: 'aborted',
      report: [{ machineId: machine(1), status: 'enrolled' }],
    })
  })
})

describe('before any call', () => {
  test.each(['', 'not-a-key', 'key with blanks', 'kéy', `${KEY}\n`, undefined])(
    'an attachment key of %j is refused and not shown',
    async (attachmentKey) => {
      const { client, emulator } = arrange()
      const failure = await client
        .enrollMachines({ machineIds: [machine()], attachmentKey: attachmentKey as string })
        .catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(InputError)
      expect((failure as InputError).issues).toMatchObject([{ path: 'attachmentKey', value: '[redacted]' }])
      expect(emulator.record.count()).toBe(0)
    },
  )

  test('every machine id is checked, so that a slip in the list does not end a run in its middle', async () => {
    const { client, emulator } = arrange()
    const machineIds = [machine(1), 'short', machine(2), '']
    await expect(client.enrollMachines({ machineIds, attachmentKey: KEY })).rejects.toMatchObject({
      issues: [{ path: 'machineIds[1]', value: '"short"' }, { path: 'machineIds[3]' }],
    })
    expect(emulator.record.count()).toBe(0)
  })

  test('no machine is an input error', async () => {
    const { client } = arrange()
    await expect(client.enrollMachines({ machineIds: [], attachmentKey: KEY })).rejects.toThrow(/must name a machine/)
  })
})

test('the attachment key shows nowhere: not in results, errors, events or the store, although CAPI repeats it', async () => {
  const { connect, emulator, storage } = arrange()
  const client = connect({ maxRetries: 0 })
  const shown: unknown[] = []
  for (const name of ['request', 'login', 'warning', 'paused', 'machineFailing'] as const) {
    client.on(name, (event) => shown.push(event))
  }
  const echo = { message: `the key ${KEY} is not valid` }
  for (const fault of [{ status: 403 }, { status: 400 }, { status: 500 }, { status: 200 }, { status: 422 }]) {
    emulator.faults.inject({ route: 'enroll', ...fault, body: echo })
    const results: EnrollResult[] = await client.enrollMachines({ machineIds: [machine()], attachmentKey: KEY })
    shown.push(results)
  }
  emulator.faults.inject({ route: 'enroll', kind: 'reset' })
  shown.push(await client.enrollMachines({ machineIds: [machine()], attachmentKey: KEY }))
  shown.push(await storage.listMachines(), await storage.listSignals())
  expect(JSON.stringify(shown)).toContain('[redacted]')
  expect(JSON.stringify(shown)).not.toContain(KEY)
  expect(inspect(shown, { depth: 20, showHidden: true })).not.toContain(KEY)
})
