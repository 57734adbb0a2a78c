import { expect, test } from 'vitest'
import { memoryState } from '../src/stored-json.js'
import { arrange, entry, valuesOf } from './arrange.js'

/** A store that can be taken away. */
function mortal() {
  const inner = memoryState()
  const store = { isAway: false }
  const there = () => (store.isAway ? Promise.reject(new Error('down')) : Promise.resolve())
  return Object.assign(store, {
    getState: (key: string) => there().then(() => inner.getState(key)),
    setState: (...args: Parameters<typeof inner.setState>) => there().then(() => inner.setState(...args)),
  })
}

test('while the store is away a bouncer is told once, and a restart after it loses no deletion', async () => {
  const storage = mortal()
  const warnings: string[] = []
  const { api, decisions, now, poll } = arrange({ storage, onWarning: ({ code }) => warnings.push(code) })
  const remove = (value: string) => decisions.applyStream({ new: [], deleted: [{ scope: 'ip', value }] })
  await decisions.applyStream({ new: ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((one) => entry(one)), deleted: [] })
  await poll('startup=true')
  await api.flush()

  storage.isAway = true
  await remove('192.0.2.1')
  expect(valuesOf((await poll()).deleted)).toEqual(['192.0.2.1'])
  await api.flush()
  expect((await poll()).deleted).toEqual([])
  expect(warnings.length).toBeGreaterThan(0)

  storage.isAway = false
  await remove('192.0.2.2')
  expect(valuesOf((await poll()).deleted)).toEqual(['192.0.2.2'])
  await remove('192.0.2.3')
  const after = arrange({ storage, decisions, now })
  const polled = await after.poll()
  expect(valuesOf(polled.deleted)).toContain('192.0.2.3')
  expect(polled.new).toEqual([])
})
