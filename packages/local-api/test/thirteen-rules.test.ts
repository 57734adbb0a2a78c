import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { arrange, entry, list, START, valuesOf } from './arrange.js'

const SIX = ['duration', 'origin', 'scenario', 'scope', 'type', 'value'] as const
const WHOLE = /^\d+h\d+m\d+s$/

test('1: a lookup without a hit answers exactly the four bytes null', async () => {
  const { ask } = arrange()
  const answer = await ask('/v1/decisions?ip=192.0.2.1')
  expect([answer.status, await answer.text()]).toEqual([200, 'null'])
})

test('2: durations are whole seconds with hours, minutes and seconds, never days or fractions', async () => {
  const { ask, decisions, poll } = arrange()
  await decisions.applyStream({
    new: [entry('192.0.2.1', 24 * 40), { ...entry('192.0.2.2'), expiresAt: START + 45_500 }],
    deleted: [],
  })
  const durations = (await poll('startup=true')).new.map(({ duration }) => duration)
  expect(durations).toEqual(['960h0m0s', '0h0m46s'])
  for (const { duration } of JSON.parse(await (await ask('/v1/decisions')).text())) expect(duration).toMatch(WHOLE)
})

test('3: what has less than a second left is never in new, nor in a lookup', async () => {
  const { ask, decisions, poll } = arrange()
  const left = (value: string, ms: number) => ({ ...entry(value), expiresAt: START + ms })
  await decisions.applyStream({ new: [left('192.0.2.1', 999), left('192.0.2.2', 1_000)], deleted: [] })
  expect(valuesOf((await poll('startup=true')).new)).toEqual(['192.0.2.2'])
  expect(await (await ask('/v1/decisions?ip=192.0.2.1')).text()).toBe('null')
})

test('4: every item of every answer has all six fields, as text', async () => {
  const { ask, decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1'), entry('192.0.2.2', 4, '')], deleted: [] })
  await decisions.ban('192.0.2.3', { duration: '1h', reason: 'by hand' })
  const first = await poll('startup=true')
  await decisions.applyStream({ new: [], deleted: [{ scope: 'ip', value: '192.0.2.1' }] })
  const items = [...first.new, ...(await poll()).deleted, ...JSON.parse(await (await ask('/v1/decisions')).text())]
  expect(items).toHaveLength(3 + 1 + 2)
  for (const item of items) for (const field of SIX) expect(item[field]).toEqual(expect.any(String))
})

test('5: a value whose type changes is in deleted first, and in new in the next answer', async () => {
  const { decisions, poll } = arrange()
  await decisions.replaceBlocklist(list('tor'), ['192.0.2.1'])
  await poll('startup=true')
  await decisions.replaceBlocklist(list('tor', 'captcha'), ['192.0.2.1'])
  const second = await poll()
  expect([valuesOf(second.new), second.deleted.map(({ type }) => type)]).toEqual([[], ['ban']])
  const third = await poll()
  expect([third.new.map(({ type }) => type), third.deleted]).toEqual([['captcha'], []])
  expect(await poll()).toEqual({ new: [], deleted: [] })
})

test('6: deleted names what merely ran out', async () => {
  const { clock, decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1', 1), entry('192.0.2.2', 2)], deleted: [] })
  await poll('startup=true')
  clock.at += 3_600_000
  expect(valuesOf((await poll()).deleted)).toEqual(['192.0.2.1'])
  expect(await poll()).toEqual({ new: [], deleted: [] })
})

test('7: a bouncer without a cursor gets everything, also with startup=false', async () => {
  const { decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1'), entry('192.0.2.2')], deleted: [] })
  expect(valuesOf((await poll('startup=false')).new)).toEqual(['192.0.2.1', '192.0.2.2'])
  expect((await poll('startup=false')).new).toEqual([])
})

test('8: the cursor moves only after the whole answer was read', async () => {
  const { ask, decisions, poll } = arrange()
  const many = Array.from({ length: 5_000 }, (_, at) => entry(`10.${at >> 8}.${at & 255}.9`.replace('10.', '11.')))
  await decisions.applyStream({ new: many, deleted: [] })
  const broken = await ask('/v1/decisions/stream?startup=true')
  const reader = broken.body?.getReader()
  await reader?.read()
  await reader?.read()
  await reader?.cancel()
  expect((await poll('startup=false')).new).toHaveLength(many.length)
  expect((await poll('startup=false')).new).toHaveLength(0)
})

test('9: the first byte leaves before the answer is made', async () => {
  const { ask, decisions } = arrange()
  let isAsked = false
  const held = decisions.held.bind(decisions)
  decisions.held = () => {
    isAsked = true
    return held()
  }
  const reader = (await ask('/v1/decisions/stream?startup=true')).body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  expect([new TextDecoder().decode(value), isAsked]).toEqual(['{"new": [', false])
})

test('10: the first answer to a bouncer is a 200, also with nothing to tell', async () => {
  const { ask } = arrange()
  const answer = await ask('/v1/decisions/stream?startup=true')
  expect([answer.status, await answer.json()]).toEqual([200, { new: [], deleted: [] }])
})

test('12: no answer is compressed, whatever a client accepts', async () => {
  const { ask, decisions } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  const answer = await ask('/v1/decisions/stream?startup=true', { headers: { 'accept-encoding': 'gzip' } })
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(() => gunzipSync(bytes)).toThrow()
  expect(JSON.parse(bytes.toString())).toMatchObject({ new: [{ value: '192.0.2.1' }] })
})

test.each([
  ['a wrong key', '/v1/decisions', { headers: { 'x-api-key': 'not-the-key-of-anybody' } }, 403],
  ['no key', '/v1/decisions/stream', { headers: { 'x-api-key': '' } }, 403],
  ['a filter that is no address', '/v1/decisions?ip=foo', {}, 500],
  ['a filter for no address, which is not for all', '/v1/decisions?ip=', {}, 500],
  ['a flag that is none', '/v1/decisions?range=192.0.2.0/24&contains=maybe', {}, 500],
  ['a number that is none', '/v1/decisions?limit=-1', {}, 500],
  ['metrics that are no JSON', '/v1/usage-metrics', { method: 'POST', body: '{' }, 400],
])('13: %s is answered with JSON that has a text message', async (_, path, init, status) => {
  const answer = await arrange().ask(path, init)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(await answer.json()).toEqual({ message: expect.stringMatching(/./) })
})
