import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryStorage } from '../src/index.js'

const step = fc.record({
  key: fc.constantFrom('k', 'l'),
  value: fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined }),
  /** How the version that is asked for is come by. */
  given: fc.constantFrom('none', 'current', 'absent', 'earlier'),
  expiresInMs: fc.option(fc.constantFrom(1, 1_000), { nil: undefined }),
  thenAdvanceMs: fc.constantFrom(0, 0, 1, 999, 1_000),
})

test('whatever is written in whatever order, a write happens exactly when its version holds, and no version comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let now = 0
      const store = new MemoryStorage({ now: () => now })
      const model = new Map<string, { value: Uint8Array; version: number; until: number }>()
      const seen = new Map<string, Set<number>>()
      for (const { key, value, given, expiresInMs, thenAdvanceMs } of steps) {
        const stored = model.get(key)
        const current = stored !== undefined && stored.until > now ? stored.version : 0
        const earlier = [...(seen.get(key) ?? [])].find((version) => version !== current)
        const ifVersion = { none: undefined, current, absent: 0, earlier }[given]
        const options = {
          ...(ifVersion !== undefined && { ifVersion }),
          ...(expiresInMs !== undefined && { expiresInMs }),
        }
        const version = await store.setState(key, value, options)

        if (ifVersion !== undefined && ifVersion !== current) expect(version).toBeUndefined()
        else if (value === undefined) {
          expect(version).toBe(0)
          model.delete(key)
        } else {
          expect(version).toBeGreaterThan(0)
          const versions = seen.get(key) ?? new Set()
          expect(versions.has(version!)).toBe(false)
          seen.set(key, versions.add(version!))
          model.set(key, { value, version: version!, until: now + (expiresInMs ?? Number.POSITIVE_INFINITY) })
        }

        now += thenAdvanceMs
        const expected = model.get(key)
        const isThere = expected !== undefined && expected.until > now
        const read = await store.getState(key)
        if (!isThere) expect(read).toBeUndefined()
        else expect(read).toMatchObject({ value: expected.value, version: expected.version })
      }
    }),
    { numRuns: 300 },
  )
})
