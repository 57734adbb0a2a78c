import { expect, test } from 'vitest'
import { conformanceCases, storageConformance } from '../src/conformance/index.js'
import { memoryStore } from './memory-store.js'

storageConformance({ name: 'MemoryStorage', emptyStore: memoryStore() })

test('every case has a name of its own, since adapters name the ones that do not apply to them', () => {
  const names = conformanceCases.map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('skipping a case that does not exist is an error, so that no reason outlives its case', () => {
  const skip = [{ case: 'it is fast', reason: 'no' }]
  expect(() => storageConformance({ name: 'x', emptyStore: memoryStore(), skip })).toThrow('it is fast')
})
