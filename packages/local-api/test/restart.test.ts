import { DecisionSet } from '@cscapi/decisions'
import { expect, test } from 'vitest'
import { memoryState } from '../src/stored-json.js'
import { arrange, entry, KEY, list, START, valuesOf } from './arrange.js'

const HOUR = 3_600_000

/** A server on a store, and the one that comes after it with decisions that changed meanwhile. */
function restartable() {
  const storage = memoryState()
  const clock = { at: START }
  const now = () => clock.at
  const begin = (decisions: DecisionSet) => arrange({ storage, decisions, now })
  return { begin, clock, now, storage }
}

test('what was removed while the server was down is in deleted of the next poll', async () => {
  const { begin, now } = restartable()
  const decisions = new DecisionSet({ now })
  await decisions.applyStream({ new: [entry('192.0.2.1'), entry('192.0.2.2')], deleted: [] })
  const before = begin(decisions)
  await before.poll('startup=true')
  await before.api.flush()
  await decisions.applyStream({ new: [entry('192.0.2.3')], deleted: [{ scope: 'ip', value: '192.0.2.1' }] })

  const polled = await begin(decisions).poll()
  expect([valuesOf(polled.new), valuesOf(polled.deleted)]).toEqual([['192.0.2.3'], ['192.0.2.1']])
})

test('what ran out while the server was down is in deleted, whether or not the set still has it', async () => {
  const { begin, clock, now } = restartable()
  const decisions = new DecisionSet({ now })
  await decisions.applyStream({ new: [entry('192.0.2.1', 1), entry('192.0.2.2', 1)], deleted: [] })
  await decisions.replaceBlocklist(list('tor', 'ban', '1h'), ['192.0.2.9'])
  const before = begin(decisions)
  await before.poll('startup=true')
  await before.api.flush()
  clock.at += 2 * HOUR
  await decisions.applyStream({ new: [{ ...entry('192.0.2.2'), expiresAt: clock.at + HOUR }], deleted: [] })

  const polled = await begin(decisions).poll()
  expect([valuesOf(polled.new), valuesOf(polled.deleted)]).toEqual([['192.0.2.2'], ['192.0.2.1', '192.0.2.9']])
})

test('a change that one bouncer has seen and another has not is told to the other after a restart', async () => {
  const { begin, now } = restartable()
  const decisions = new DecisionSet({ now })
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  const before = begin(decisions)
  const asAnother = { headers: { 'user-agent': 'another/1.0' } }
  await before.poll('startup=true')
  await before.poll('startup=true', asAnother)
  await decisions.applyStream({ new: [], deleted: [{ scope: 'ip', value: '192.0.2.1' }] })
  await before.poll()
  await before.api.flush()

  const after = begin(decisions)
  expect((await after.poll()).deleted).toEqual([])
  expect(valuesOf((await after.poll('', asAnother)).deleted)).toEqual(['192.0.2.1'])
})

test('an own decision that ended while the server was down is in deleted', async () => {
  const { begin, now } = restartable()
  const decisions = new DecisionSet({ now })
  await decisions.ban('192.0.2.1', { duration: '4h', reason: 'by hand' })
  const before = begin(decisions)
  expect(valuesOf((await before.poll('startup=true')).new)).toEqual(['192.0.2.1'])
  await before.api.flush()
  await decisions.endLocal(({ value }) => value === '192.0.2.1')

  expect(valuesOf((await begin(decisions).poll()).deleted)).toEqual(['192.0.2.1'])
})

test('a cursor that was lost in a crash costs everything as new, and no deletion', async () => {
  const { begin, now } = restartable()
  const decisions = new DecisionSet({ now })
  await decisions.applyStream({ new: [entry('192.0.2.1'), entry('192.0.2.2')], deleted: [] })
  await begin(decisions).poll('startup=true')
  await decisions.applyStream({ new: [], deleted: [{ scope: 'ip', value: '192.0.2.1' }] })

  const polled = await begin(decisions).poll('startup=false')
  expect([valuesOf(polled.new), valuesOf(polled.deleted)]).toEqual([['192.0.2.2'], ['192.0.2.1']])
})

test('an id stays as it is through a restart, and no two values share one', async () => {
  const { begin, now } = restartable()
  const decisions = new DecisionSet({ now })
  const many = Array.from({ length: 20_000 }, (_, at) => entry(`11.0.${at >> 8}.${at & 255}`))
  await decisions.applyStream({ new: many, deleted: [] })
  const idsOf = async () => (await begin(decisions).poll('startup=true')).new.map(({ id, value }) => [value, id])
  const ids = await idsOf()
  expect(await idsOf()).toEqual(ids)
  expect(new Set(ids.map(([, id]) => id)).size).toBe(many.length)
  expect(ids.every(([, id]) => Number.isSafeInteger(id) && Number(id) > 0)).toBe(true)
})

test('a store that fails stops no answer, and is told of', async () => {
  const warnings: string[] = []
  const failing = {
    getState: () => Promise.reject(new Error('down')),
    setState: () => Promise.reject(new Error('down')),
  }
  const { decisions, poll } = arrange({ storage: failing, onWarning: ({ code }) => warnings.push(code) })
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  expect(valuesOf((await poll('startup=true')).new)).toEqual(['192.0.2.1'])
  expect(warnings).toContain('announcements_not_stored')
})

test('nothing that is kept in the store holds a key', async () => {
  const { begin, now, storage } = restartable()
  const { api, poll } = begin(new DecisionSet({ now }))
  await poll('startup=true')
  await api.flush()
  const stored = await storage.getState('local-api:cursors')
  expect(new TextDecoder().decode(stored?.value)).toMatch(/b1/)
  expect(new TextDecoder().decode(stored?.value)).not.toContain(KEY)
})
