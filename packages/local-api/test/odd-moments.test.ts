import { DecisionSet } from '@cscapi/decisions'
import { expect, test } from 'vitest'
import { BouncerKeys } from '../src/index.js'
import { memoryState } from '../src/stored-json.js'
import { arrange, entry, KEY, START, valuesOf } from './arrange.js'

const HOUR = 3_600_000

const removed = (value: string) => ({ new: [], deleted: [{ scope: 'ip', value }] })

test('a clock that jumps by hours, back and forth, loses no deletion and leaves nothing without time', async () => {
  const { clock, decisions, poll } = arrange()
  await decisions.applyStream({
    new: [entry('192.0.2.1', 1), entry('192.0.2.2', 9), entry('192.0.2.3', 9)],
    deleted: [],
  })
  const held = new Set<string>()
  const step = async (hours: number, query = '') => {
    clock.at = START + hours * HOUR
    const polled = await poll(query)
    expect(polled.new.every(({ duration }) => /^\d+h\d+m\d+s$/.test(duration) && duration !== '0h0m0s')).toBe(true)
    for (const { value } of polled.deleted) held.delete(value)
    for (const { value } of polled.new) held.add(value)
    return [...held].sort()
  }
  expect(await step(0, 'startup=true')).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
  expect(await step(3)).toEqual(['192.0.2.2', '192.0.2.3'])
  await decisions.applyStream(removed('192.0.2.2'))
  await step(-6)
  expect(await step(5)).toEqual(['192.0.2.3'])
  expect(await step(10)).toEqual([])
})

test('a key that is revoked while its stream runs ends with that answer: the next is refused', async () => {
  const now = () => START
  const keys = new BouncerKeys(memoryState(), { now })
  await keys.add('b1', { key: KEY })
  const { ask, decisions } = arrange({ keys, now })
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  const running = await ask('/v1/decisions/stream?startup=true')
  await keys.remove('b1')
  expect(valuesOf(JSON.parse(await running.text()).new)).toEqual(['192.0.2.1'])
  expect((await ask('/v1/decisions/stream')).status).toBe(403)
})

test('of two servers on one store, a bouncer that asks one and then the other loses no deletion', async () => {
  const storage = memoryState()
  const clock = { at: START }
  const now = () => clock.at
  const decisions = new DecisionSet({ now })
  await decisions.applyStream({ new: [entry('192.0.2.1'), entry('192.0.2.2'), entry('192.0.2.3')], deleted: [] })
  const servers = [arrange({ storage, decisions, now }), arrange({ storage, decisions, now })] as const
  const told = new Set<string>()
  const ask = async (at: 0 | 1, query = '') => {
    const polled = await servers[at].poll(query)
    for (const { value } of polled.deleted) told.delete(value)
    for (const { value } of polled.new) told.add(value)
    await servers[at].api.flush()
    return [...told].sort()
  }
  await ask(0, 'startup=true')
  clock.at += 2_000
  await decisions.applyStream(removed('192.0.2.1'))
  expect(await ask(1)).toEqual(['192.0.2.2', '192.0.2.3'])
  clock.at += 2_000
  await decisions.applyStream(removed('192.0.2.2'))
  expect(await ask(0)).toEqual(['192.0.2.3'])
  clock.at += 2_000
  await decisions.applyStream(removed('192.0.2.3'))
  expect(await ask(1)).toEqual([])
})
