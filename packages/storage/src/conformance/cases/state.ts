import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { text } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const stateCases: readonly ConformanceCase[] = [
  {
    name: 'a named value round-trips byte for byte, for every connection',
    async run({ connect }) {
      const [one, other] = [await connect(), await connect()]
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
      expect(await one.getState('k')).toBeUndefined()
      const version = await one.setState('k', bytes)
      const stored = await other.getState('k')
      expect(stored && [...stored.value]).toEqual([...bytes])
      expect(stored).toMatchObject({ version, expiresInMs: undefined })
      expect(await other.setState('k', undefined)).toBe(0)
      expect(await one.getState('k')).toBeUndefined()
    },
  },
  {
    name: 'an empty value and 16 MiB are values like others',
    async run({ connect }) {
      const storage = await connect()
      await storage.setState('empty', new Uint8Array())
      expect((await storage.getState('empty'))?.value.byteLength).toBe(0)
      const large = randomBytes(16_777_216)
      await storage.setState('large', large)
      expect(large.equals((await storage.getState('large'))?.value ?? new Uint8Array())).toBe(true)
    },
  },
  {
    name: 'a write under a version that does not hold changes nothing',
    async run({ connect }) {
      const storage = await connect()
      const first = await storage.setState('k', text('1'), { ifVersion: 0 })
      expect(first).toBeGreaterThan(0)
      expect(await storage.setState('k', text('2'), { ifVersion: 0 })).toBeUndefined()
      expect(await storage.setState('k', undefined, { ifVersion: (first ?? 0) + 1 })).toBeUndefined()
      expect(await storage.getState('k')).toMatchObject({ version: first })
      const second = await storage.setState('k', text('2'), { ifVersion: first ?? 0 })
      expect(second).toBeGreaterThan(0)
      expect(second).not.toBe(first)
      expect(await storage.setState('k', undefined, { ifVersion: second ?? 0 })).toBe(0)
    },
  },
  {
    name: 'of many that set a key at once, if absent, exactly one does',
    async run({ connect }) {
      const storages = await Promise.all([connect(), connect(), connect()])
      const written = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          storages[index % 3]?.setState('lock', text(String(index)), { ifVersion: 0 }),
        ),
      )
      expect(written.filter((version) => version !== undefined).length).toBe(1)
    },
  },
  {
    name: 'a value runs out on the store’s clock, and then counts as absent',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.setState('k', text('1'), { expiresInMs: 60_000 })
      expect((await storage.getState('k'))?.expiresInMs).toBeGreaterThan(50_000)
      await advance(60_001)
      expect(await storage.getState('k')).toBeUndefined()
      expect(await storage.setState('k', text('2'), { ifVersion: 0 })).toBeGreaterThan(0)
      expect(await storage.getState('k')).toMatchObject({ expiresInMs: undefined })
    },
  },
  {
    name: 'a value written anew has the time of the new write, or stays',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.setState('k', text('1'), { expiresInMs: 1_000 })
      await storage.setState('k', text('2'), { expiresInMs: 60_000 })
      await advance(1_001)
      expect((await storage.getState('k'))?.expiresInMs).toBeGreaterThan(50_000)
      await storage.setState('k', text('3'))
      await advance(60_001)
      expect(await storage.getState('k')).toMatchObject({ expiresInMs: undefined })
    },
  },
  {
    name: 'a lock that ran out goes to the next, and its old holder changes nothing any more',
    async run({ connect, advance }) {
      const [old, next] = [await connect(), await connect()]
      const held = (await old.setState('lock', text('old'), { ifVersion: 0, expiresInMs: 1_000 })) ?? 0
      await advance(1_001)
      expect(await old.setState('lock', text('old'), { ifVersion: held })).toBeUndefined()
      const version = await next.setState('lock', text('next'), { ifVersion: 0, expiresInMs: 60_000 })
      expect(await old.setState('lock', text('old'), { ifVersion: held })).toBeUndefined()
      expect(await old.setState('lock', undefined, { ifVersion: held })).toBeUndefined()
      expect(await next.getState('lock')).toMatchObject({ version })
    },
  },
  {
    name: 'bytes given or handed out are the caller’s: changing them changes nothing stored',
    async run({ connect }) {
      const storage = await connect()
      const given = text('abc')
      await storage.setState('k', given)
      given.fill(0)
      const read = await storage.getState('k')
      expect(read && [...read.value]).toEqual([...text('abc')])
      read?.value.fill(0)
      expect([...((await storage.getState('k'))?.value ?? [])]).toEqual([...text('abc')])
    },
  },
  {
    name: 'a version never comes back, neither after a deletion nor after the value ran out',
    async run({ connect, advance }) {
      const storage = await connect()
      const seen = new Set<number | undefined>()
      for (let round = 0; round < 10; round += 1) {
        const version = await storage.setState('k', text('x'), { ifVersion: 0, expiresInMs: 1_000 })
        expect(version).toBeGreaterThan(0)
        expect(seen.has(version), 'the version was seen before').toBe(false)
        seen.add(version)
        if (round % 2 === 0) await storage.setState('k', undefined)
        else await advance(1_001)
      }
    },
  },
  {
    name: 'a key is 1 to 200 characters of any text, and keys do not mix',
    async run({ connect }) {
      const storage = await connect()
      const keys = ['k'.repeat(200), 'ключ', 'a:b', 'a:b:c', '{x}', '*', '100%_']
      for (const key of keys) await storage.setState(key, text(key))
      for (const key of keys) expect(new TextDecoder().decode((await storage.getState(key))?.value)).toBe(key)
      for (const key of ['', 'k'.repeat(201), 'a\0b']) {
        await expect(storage.setState(key, text('x'))).rejects.toMatchObject({ code: 'invalid_input' })
      }
    },
  },
]
