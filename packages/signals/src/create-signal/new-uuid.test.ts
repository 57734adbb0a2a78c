import { afterEach, expect, test, vi } from 'vitest'
import { newUuid } from './new-uuid.js'

afterEach(() => {
  vi.useRealTimers()
})

test('uuids of one moment, and of a clock that was put back, are in the order in which they were made', () => {
  vi.useFakeTimers({ now: Date.parse('2026-03-01T10:00:00Z') })
  const uuids: string[] = []
  const make = () => uuids.push(...Array.from({ length: 600 }, newUuid))
  make()
  vi.setSystemTime(Date.parse('2026-03-01T09:00:00Z'))
  make()
  vi.setSystemTime(Date.parse('2026-03-01T10:00:01Z'))
  make()
  expect([...uuids].sort()).toEqual(uuids)
  expect(new Set(uuids).size).toBe(1_800)
})

test('a uuid says version and variant, and begins with the time at which it was made', () => {
  const now = Date.parse('2030-03-01T10:00:00Z')
  vi.useFakeTimers({ now })
  const uuid = newUuid()
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).toBe(now)
})
