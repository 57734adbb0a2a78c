import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DedupWindow } from './dedup-window.js'

const key = (number: number) => String(number).padStart(16, 'A')

describe('the window', () => {
  test('knows a key for its length and no longer', () => {
    const window = new DedupWindow(1_000)
    window.confirm([key(1)], 5_000)
    expect(window.has(key(1), 5_000)).toBe(true)
    expect(window.has(key(1), 5_999)).toBe(true)
    expect(window.has(key(1), 6_000)).toBe(false)
    expect(window.has(key(2), 5_000)).toBe(false)
  })

  test('forgets rather than keeps silent when the clock was set back', () => {
    const window = new DedupWindow(1_000)
    window.confirm([key(1)], 5_000)
    expect(window.has(key(1), 4_000)).toBe(false)
  })

  test('knows what is being stored, tells nobody of it, and lets go of it', async () => {
    const window = new DedupWindow(1_000)
    window.claim([key(1)])
    expect(window.has(key(1), 0)).toBe(true)
    expect(await window.toBytes(0)).toHaveLength(0)
    window.release([key(1)])
    expect(window.has(key(1), 0)).toBe(false)
  })

  test('keeps the newest 100,000 keys', async () => {
    const window = new DedupWindow(1_000_000)
    for (let number = 0; number < 100_010; number += 1) window.confirm([key(number)], number)
    expect(await window.toBytes(100_010)).toHaveLength(100_000 * 16)
    expect(window.has(key(9), 100_010)).toBe(false)
    expect(window.has(key(10), 100_010)).toBe(true)
  })

  test('passes over bytes that it never gave', async () => {
    const window = new DedupWindow(1_000)
    await window.merge(new Uint8Array(17), 0, 0)
    expect(await window.toBytes(0)).toHaveLength(0)
  })

  test('another one knows the same after a merge, by ages alone: the clocks of the two hosts need not agree', async () => {
    const added = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 2_000 })), {
      selector: ([number]) => number,
    })
    await fc.assert(
      fc.asyncProperty(
        added,
        fc.integer({ min: 0, max: 1_500 }),
        fc.integer({ min: -9_000, max: 9_000 }),
        async (entries, ageMs, skew) => {
          const one = new DedupWindow(1_000)
          for (const [number, at] of entries) one.confirm([key(number)], at)
          const other = new DedupWindow(1_000)
          await other.merge(await one.toBytes(2_000), ageMs, 2_000 + ageMs + skew)
          for (const [number] of entries) {
            expect(other.has(key(number), 2_000 + ageMs + skew)).toBe(one.has(key(number), 2_000 + ageMs))
          }
        },
      ),
    )
  })

  test('a merge keeps the later of two moments', async () => {
    const one = new DedupWindow(1_000)
    one.confirm([key(1)], 100)
    const other = new DedupWindow(1_000)
    other.confirm([key(1)], 900)
    await other.merge(await one.toBytes(1_000), 0, 1_000)
    expect(other.has(key(1), 1_500)).toBe(true)
    await one.merge(await other.toBytes(1_000), 0, 1_000)
    expect(one.has(key(1), 1_500)).toBe(true)
  })
})
