import { expect, test } from 'vitest'
import { HeldEvents } from './held-events.js'

const event = (at: number) => ({ kind: 'ssh-login', address: '198.51.100.1', at, target: '' }) as const
const times = (events: readonly { at: number }[]) => events.map(({ at }) => at)

test('events are given on in the order of the log, once they happened long enough before', () => {
  const held = new HeldEvents(100)
  for (const at of [0, 50, 40, 200]) held.add(event(at))
  expect(times(held.takeDue(100))).toEqual([])
  expect(times(held.takeDue(151))).toEqual([0, 50, 40])
  expect(held.firstAt).toBe(200)
  expect(times(held.takeAll())).toEqual([200])
  expect(held.firstAt).toBeUndefined()
})

test('those of a connection that is accepted meanwhile are not given on', () => {
  const held = new HeldEvents(100)
  const connection = { isAccepted: false }
  held.add(event(0), connection)
  held.add(event(1), { isAccepted: false })
  held.add(event(2), connection)
  connection.isAccepted = true
  expect(times(held.takeAll())).toEqual([1])
})

test('when a log is followed by an older one, what is held is given on', () => {
  const held = new HeldEvents(100)
  held.add(event(1_000))
  expect(times(held.takeDue(0))).toEqual([1_000])
})

test('too many are given on early, and none is lost', () => {
  const held = new HeldEvents(100, 10)
  const taken: number[] = []
  for (let count = 0; count < 5_000; count += 1) {
    held.add(event(count / 1_000))
    taken.push(...times(held.takeDue(5)))
  }
  expect(taken.length).toBe(4_990)
  expect([...taken, ...times(held.takeAll())]).toEqual(Array.from({ length: 5_000 }, (_, count) => count / 1_000))
})
