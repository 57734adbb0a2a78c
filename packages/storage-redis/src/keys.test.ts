import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Keys, PARTITION_PARTS, shardOf } from './keys.js'

const keys = new Keys('cscapi')
const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => text.isWellFormed())

/**
 * Redis Cluster hashes what stands between the first brace and the next closing one, if that is
 * anything at all.
 */
function hashTag(key: string): string | undefined {
  const open = key.indexOf('{')
  const close = key.indexOf('}', open + 1)
  return open >= 0 && close > open + 1 ? key.slice(open + 1, close) : undefined
}

describe('keys of a partition', () => {
  test('read like the machine they belong to', () => {
    expect(keys.partition('sensor1', 'queue', 'list')).toEqual(['cscapi:m:{sensor1}:q', 'cscapi:m:{sensor1}:l'])
  })

  test('all carry one hash tag, whatever the id', () => {
    fc.assert(
      fc.property(fc.oneof(id, fc.constantFrom('', '}', '{', '{}', '}{', '%', '*')), (machineId) => {
        const tags = new Set(keys.partition(machineId, ...PARTITION_PARTS).map(hashTag))
        expect(tags.size).toBe(1)
        expect([...tags][0]).toBeDefined()
      }),
    )
  })

  test('of different machines, shards, values and namespaces never meet', () => {
    const names = (namespace: string, text: string) => {
      const some = new Keys(namespace)
      return [
        ...some.partition(text, ...PARTITION_PARTS),
        ...some.shard(0, 'due', 'known', 'totals'),
        some.state(text),
        some.meta,
      ]
    }
    fc.assert(
      fc.property(id, id, (one, other) => {
        fc.pre(one !== other)
        const all = [
          ...names('a', one),
          ...new Keys('a').partition(other, ...PARTITION_PARTS),
          new Keys('a').state(other),
          ...names('a.b', one),
        ]
        expect(new Set(all).size).toBe(all.length)
      }),
    )
  })
})

test('a machine’s shard never changes from one version to the next', () => {
  expect(['sensor1', 'sensor2', 'a', 'ünï'].map((machineId) => shardOf(machineId, 8))).toEqual([4, 6, 3, 2])
  expect(shardOf('sensor1', 1)).toBe(0)
})
