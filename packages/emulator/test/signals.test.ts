import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEmulator, type EmulatorOptions } from '../src/index.js'
import { Caller, MACHINE_ID, MACHINES, OTHER_MACHINE_ID, SIGNAL } from './caller.js'

async function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator({ machines: MACHINES, ...options })
  const capi = Caller.inProcess(emulator)
  return { emulator, capi, auth: await capi.authorised() }
}

describe('lenient mode', () => {
  test('takes any array, whatever is in it', async () => {
    const { emulator, capi, auth } = await start()
    const odd = [{ ...SIGNAL, sent: false, source: { scope: null } }, {}, null, 'text']
    expect(await capi.post('/signals', odd, auth)).toMatchObject({ status: 200, json: { message: 'OK' } })
    expect(emulator.signals.total).toBe(4)
    expect(emulator.signals.withoutUuid).toBe(3)
  })

  test.each([
    [{}, 'object'],
    [null, 'null'],
    ['text', 'string'],
    [7, 'integer'],
  ])('refuses %j: it is no array', async (body, type) => {
    const { capi, auth } = await start()
    expect(await capi.post('/signals', body, auth)).toMatchObject({
      status: 400,
      json: {
        message: 'Invalid request body',
        errors: `[instance type (${type}) does not match any allowed primitive type (allowed: ["array"])]`,
      },
    })
  })
})

describe('strict mode', () => {
  test('names the missing properties of a signal together, and takes none of the batch', async () => {
    const { emulator, capi, auth } = await start({ strict: true })
    const { scenario_hash: _hash, message: _message, ...incomplete } = SIGNAL
    expect(await capi.post('/signals', [SIGNAL, incomplete], auth)).toMatchObject({
      status: 400,
      json: {
        message: 'Invalid request body',
        errors: '[object has missing required properties (["message","scenario_hash"])]',
      },
    })
    expect(emulator.signals.size).toBe(0)
    expect(emulator.record.last('signals')?.problems).toEqual([
      { pointer: '/1', rule: 'object has missing required properties (["message","scenario_hash"])' },
    ])
  })

  test('lists every problem in one text, with places in the record', async () => {
    const { emulator, capi, auth } = await start({ strict: true })
    const bad = { ...SIGNAL, scenario: 7, source: { scope: 'Ip' }, decisions: null }
    const { json } = await capi.post('/signals', [bad], auth)
    expect(json).toMatchObject({ errors: expect.stringMatching(/^\[.*\]$/) })
    expect(
      emulator.record
        .last()
        ?.problems.map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/0/decisions', '/0/scenario', '/0/source'])
  })

  test('lets unknown keys, scopes and scenario names pass', async () => {
    const { capi, auth } = await start({ strict: true })
    const free = {
      ...SIGNAL,
      sent: false,
      scenario: 'import list: 7 IPs',
      source: { scope: 'session', value: 'x', id: 1 },
    }
    expect(await capi.post('/signals', [free], auth)).toMatchObject({ status: 200 })
  })
})

describe.each([{ strict: false }, { strict: true }])('bodies (strict: $strict)', ({ strict }) => {
  test('in gzip are unpacked', async () => {
    const { emulator, capi, auth } = await start({ strict })
    const body = gzipSync(JSON.stringify([SIGNAL]))
    const packed = await capi.fetch('/signals', {
      method: 'POST',
      body,
      headers: { ...auth.headers, 'content-encoding': 'gzip' },
    })
    expect(packed.status).toBe(200)
    expect(emulator.signals.get(SIGNAL.uuid)?.signal).toEqual(SIGNAL)
    expect(emulator.record.last()).toMatchObject({ wireBytes: body.length, bodyBytes: JSON.stringify([SIGNAL]).length })
  })

  test.each(['', '[', '[{"uuid":', 'not json'])('that cannot be read (%j) are answered 400', async (body) => {
    const { capi, auth } = await start({ strict })
    const unreadable = await capi.fetch('/signals', { method: 'POST', body, headers: auth.headers })
    expect(unreadable.status).toBe(400)
    expect(await unreadable.json()).toEqual({
      message: 'Invalid request body',
      errors: '[Unknown error parsing request body]',
    })
  })

  test('that claim to be gzip and are not are answered 400', async () => {
    const { capi, auth } = await start({ strict })
    expect(await capi.post('/signals', [], { headers: { ...auth.headers, 'content-encoding': 'gzip' } })).toMatchObject(
      { status: 400 },
    )
  })

  test('above maxBodyBytes are answered 413, also when gzip hides their size', async () => {
    const { capi, auth } = await start({ strict, maxBodyBytes: 2000 })
    const long = JSON.stringify([{ ...SIGNAL, message: 'x'.repeat(2000) }])
    const tooLong = { message: 'Request Too Long' }
    const plain = await capi.fetch('/signals', { method: 'POST', body: long, headers: auth.headers })
    expect([plain.status, await plain.json()]).toEqual([413, tooLong])
    const headers = { ...auth.headers, 'content-encoding': 'gzip' }
    const packed = await capi.fetch('/signals', { method: 'POST', body: gzipSync(long), headers })
    expect([packed.status, await packed.json()]).toEqual([413, tooLong])
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 200 })
  })
})

describe('the record of signals', () => {
  test('counts repeats by uuid and keeps the first content and machine', async () => {
    const { emulator, capi, auth } = await start({ now: () => 42 })
    await capi.post('/signals', [SIGNAL, { ...SIGNAL, uuid: 'second' }], auth)
    await capi.post('/signals', [{ ...SIGNAL, message: 'again' }], await capi.authorised(OTHER_MACHINE_ID))
    expect(emulator.signals.size).toBe(2)
    expect(emulator.signals.total).toBe(3)
    expect(emulator.signals.get(SIGNAL.uuid)).toEqual({
      uuid: SIGNAL.uuid,
      machineId: MACHINE_ID,
      signal: SIGNAL,
      count: 2,
      at: 42,
    })
    expect(emulator.signals.duplicates().map(({ uuid }) => uuid)).toEqual([SIGNAL.uuid])
    expect(emulator.signals.uuids()).toEqual([SIGNAL.uuid, 'second'])
    expect(emulator.signals.ofMachine(MACHINE_ID)).toHaveLength(2)
    expect([...emulator.signals]).toEqual(emulator.signals.values())
  })

  test('takes nothing from a call without a valid token', async () => {
    const { emulator, capi } = await start()
    await capi.post('/signals', [SIGNAL])
    expect(emulator.signals.total).toBe(0)
    expect(emulator.signals.has(SIGNAL.uuid)).toBe(false)
  })

  test.each([
    { recordSignals: 'uuids' as const, size: 1, signal: undefined },
    { recordSignals: 'none' as const, size: 0, signal: undefined },
  ])('with recordSignals $recordSignals still counts every arrival', async ({ recordSignals, size, signal }) => {
    const { emulator, capi, auth } = await start({ recordSignals })
    await capi.post('/signals', [SIGNAL, SIGNAL], auth)
    expect(emulator.signals.total).toBe(2)
    expect(emulator.signals.size).toBe(size)
    expect(emulator.signals.get(SIGNAL.uuid)?.signal).toBe(signal)
  })

  test('adds up for any sequence of batches', async () => {
    const batches = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 6 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(batches, async (sequence) => {
        const { emulator, capi, auth } = await start()
        for (const batch of sequence)
          await capi.post(
            '/signals',
            batch.map((uuid) => ({ uuid })),
            auth,
          )
        const all = sequence.flat()
        expect(emulator.signals.total).toBe(all.length)
        expect(emulator.signals.size).toBe(new Set(all).size)
        expect(emulator.signals.values().reduce((sum, { count }) => sum + count, 0)).toBe(all.length)
      }),
      { numRuns: 40 },
    )
  })
})
