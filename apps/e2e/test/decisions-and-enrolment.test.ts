import { InputError } from '@cscapi/client'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, signalsOf } from './arrange.js'

describe('pulling decisions', () => {
  test('they come parsed, with the instants at which they expire, what was taken back, and the links', async () => {
    const { client, emulator, clock } = arrange({
      decisions: [{ value: '203.0.113.7', duration: '3h59m55.756182786s', scenario: 'crowdsecurity/ssh-bf' }],
      blocklists: [{ name: 'acme-list', values: ['198.51.100.1'] }],
    })
    const asked = clock.now()
    const first = await client.getDecisions({ machineId: machine() })
    expect(first.new).toMatchObject([
      { value: '203.0.113.7', scope: 'Ip', scenario: 'crowdsecurity/ssh-bf', duration: '3h59m55.756182786s' },
    ])
    const [decision] = first.new
    expect((decision?.expiresAt ?? 0) - first.receivedAt).toBe(14_395_756)
    expect(first.receivedAt).toBe(asked)
    expect(first.links.blocklists).toMatchObject([
      { name: 'acme-list', remediation: 'ban', url: expect.stringMatching(/^http/) },
    ])
    emulator.setDecisions([])
    const second = await client.getDecisions({ machineId: machine() })
    expect(second).toMatchObject({ new: [], deleted: [{ value: '203.0.113.7', scope: 'Ip' }], skipped: [] })
  })

  test('a part can be left out', async () => {
    const { client, emulator } = arrange({
      decisions: 3,
      blocklists: [{ name: 'acme-list', values: ['198.51.100.1'] }],
    })
    expect(await client.getDecisions({ machineId: machine(), communityPull: false })).toMatchObject({ new: [] })
    expect((await client.getDecisions({ machineId: machine(), additionalPull: false })).links.blocklists).toEqual([])
    expect(emulator.record.of('decisions').map(({ path }) => path)).toEqual([
      '/v3/decisions/stream?community_pull=false',
      '/v3/decisions/stream?additional_pull=false',
    ])
  })

  test.each([{}, { new: null, deleted: null }, { new: [], deleted: [] }])(
    'an answer of %j is nothing',
    async (body) => {
      const { client, emulator } = arrange()
      emulator.faults.inject({ route: 'decisions', status: 200, body })
      expect(await client.getDecisions({ machineId: machine() })).toMatchObject({ new: [], deleted: [], skipped: [] })
    },
  )

  test('one bad entry spoils nothing and is named', async () => {
    const { client, emulator } = arrange()
    const decisions = [
      { value: '203.0.113.1', duration: '1d' },
      { value: '203.0.113.2', duration: '4h' },
    ]
    const body = { new: [{ scenario: 's', scope: 'ip', decisions }, { scope: 'ip' }] }
    emulator.faults.inject({ route: 'decisions', status: 200, body })
    const stream = await client.getDecisions({ machineId: machine() })
    expect(stream.new.map(({ value }) => value)).toEqual(['203.0.113.2'])
    expect(stream.skipped.map(({ path }) => path)).toEqual([
      'new[0].decisions[0].duration',
      'new[1].scenario',
      'new[1].decisions',
    ])
    expect(stream.skippedCount).toBe(2)
  })

  test('trouble is repeated maxRetries times, then thrown with CAPI’s status', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ maxRetries: 2 })
    emulator.faults.inject({ route: 'decisions', status: 503, times: 2 })
    await expect(client.getDecisions({ machineId: machine() })).resolves.toMatchObject({ new: [] })
    emulator.faults.inject({ route: 'decisions', status: 503, times: Number.POSITIVE_INFINITY })
    const before = emulator.record.count({ route: 'decisions' })
    await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject({
      code: 'server_error',
      status: 503,
      retryable: true,
    })
    expect(emulator.record.count({ route: 'decisions' }) - before).toBe(3)
  })

  test('an error answer is never taken for data', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ maxRetries: 0 })
    for (const [fault, code] of [
      [{ status: 404 }, 'not_found'],
      [{ status: 400 }, 'bad_request'],
      [{ kind: 'truncated' }, 'unexpected_response'],
      [{ kind: 'html', status: 200 }, 'unexpected_response'],
      [{ status: 200, body: [] }, 'unexpected_response'],
    ] as const) {
      emulator.faults.inject({ route: 'decisions', ...fault })
      await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject({ code })
    }
  })

  test('an abort ends it, also while it waits for the next try', async () => {
    const { connect, emulator } = arrange()
    const stop = new AbortController()
    const client = connect({ clock: { now: Date.now, sleep: async () => stop.abort() } })
    emulator.faults.inject({ route: 'decisions', status: 503, times: Number.POSITIVE_INFINITY })
    await expect(client.getDecisions({ machineId: machine(), signal: stop.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
  })
})

describe('enrolling', () => {
  test('newly enrolled is told from already enrolled, per machine', async () => {
    const { client, emulator } = arrange()
    const request = { attachmentKey: 'abc123', name: 'sensor', tags: ['edge', 'edge', 'eu'] }
    expect(await client.enrollMachines({ ...request, machineIds: [machine(1)] })).toMatchObject([
      { status: 'enrolled' },
    ])
    expect(await client.enrollMachines({ ...request, machineIds: [machine(1), machine(2), machine(2)] })).toMatchObject(
      [
        { machineId: machine(1), status: 'already-enrolled' },
        { machineId: machine(2), status: 'enrolled' },
      ],
    )
    expect(emulator.machines.get(machine(2))?.enrolment).toMatchObject({
      attachmentKey: 'abc123',
      name: 'sensor',
      tags: ['edge', 'eu'],
    })
  })

  test('a malformed key is an error before any call, and is not shown', async () => {
    const { client, emulator } = arrange()
    const failure = await client
      .enrollMachines({ machineIds: [machine()], attachmentKey: 'not-a-key!', tags: [''] })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InputError)
    expect((failure as InputError).issues.map(({ path }) => path)).toEqual(['attachmentKey', 'tags[0]'])
    expect(String(failure)).not.toContain('not-a-key!')
    expect(emulator.record.count()).toBe(0)
  })

  test('a key that CAPI refuses is refused for every machine, with CAPI’s message and without a pause', async () => {
    const { client, emulator } = arrange({ attachmentKeys: ['goodkey'] })
    const results = await client.enrollMachines({ machineIds: [machine(1), machine(2)], attachmentKey: 'badkey' })
    expect(results).toMatchObject([
      {
        machineId: machine(1),
        status: 'refused',
        error: { code: 'attachment_key_refused', serverMessage: 'the attachment key provided is not valid' },
      },
      { machineId: machine(2), status: 'refused' },
    ])
    expect(emulator.record.count({ route: 'enroll' })).toBe(1)
    expect(await client.stats()).toMatchObject({ pauseReason: undefined })
    expect(await client.enrollMachines({ machineIds: [machine(2)], attachmentKey: 'goodkey' })).toMatchObject([
      { status: 'enrolled' },
    ])
  })

  test('a server in trouble postpones that machine only; a ban postpones all', async () => {
    const { connect, emulator, advance } = arrange()
    const client = connect({ maxRetries: 1 })
    emulator.faults.inject({ route: 'enroll', status: 500, machineId: machine(1), times: 2 })
    const request = { machineIds: [machine(1), machine(2)], attachmentKey: 'abc' }
    expect(await client.enrollMachines(request)).toMatchObject([{ status: 'postponed' }, { status: 'enrolled' }])
    emulator.faults.inject({ route: 'enroll', kind: 'ban' })
    expect(await client.enrollMachines(request)).toMatchObject([{ status: 'postponed' }, { status: 'postponed' }])
    advance(1.1 * HOUR_MS + 1)
    expect(await client.enrollMachines(request)).toMatchObject([{ status: 'enrolled' }, { status: 'already-enrolled' }])
  })
})

describe('the other calls', () => {
  test('verify says what is in order, and asks CAPI about the machine', async () => {
    const { client, emulator } = arrange({ enrolmentClaims: true })
    expect(await client.verify()).toMatchObject({ baseUrl: 'http://127.0.0.1:8088/v3', storage: 'memory' })
    expect(emulator.record.count()).toBe(0)
    expect(await client.verify({ machineId: machine() })).toMatchObject({
      machine: { machineId: machine(), enrolled: false },
    })
    emulator.faults.inject({ route: 'metrics', status: 400 })
    await expect(client.verify({ machineId: machine() })).rejects.toMatchObject({ code: 'bad_request' })
  })

  test('pruneFailingMachinesSignals deletes what waits for failing machines, and nothing else', async () => {
    const { client, storage } = arrange()
    await storage.createMachine({ machineId: machine(1), password: 'p' })
    await storage.updateMachine(machine(1), {
      failing: { reason: 'credentials_refused', count: 1, retryAfterMs: HOUR_MS },
    })
    await client.addSignals([...signalsOf(machine(1), 600), ...signalsOf(machine(2), 3)])
    expect(await client.pruneFailingMachinesSignals()).toBe(600)
    expect(await client.stats()).toMatchObject({ pending: 3, failing: 1 })
  })
})
