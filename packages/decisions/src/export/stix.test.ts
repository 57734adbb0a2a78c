import { describe, expect, test } from 'vitest'
import { exported, HOUR_MS, NOW, setOf, small } from '../../test/exported-lists.js'
import type { DecisionSet } from '../index.js'
import type { ExportOptions } from './index.js'

describe('stix', () => {
  const bundleOf = async (set: DecisionSet, options: Partial<ExportOptions> = {}) =>
    JSON.parse(await exported(set, { format: 'stix', ...options }))

  test('is a bundle of indicators, addresses by equality and ranges by containment', async () => {
    const bundle = await bundleOf(await small())
    expect(bundle).toMatchObject({ type: 'bundle', id: expect.stringMatching(/^bundle--[0-9a-f-]{36}$/) })
    expect(bundle.objects.map(({ pattern }: { pattern: string }) => pattern)).toEqual([
      "[ipv4-addr:value = '192.0.2.4']",
      "[ipv4-addr:value = '198.51.100.7']",
      "[ipv4-addr:value ISSUBSET '203.0.113.0/25']",
      "[ipv4-addr:value ISSUBSET '203.0.113.128/25']",
      "[ipv6-addr:value = '2001:db8::1']",
      "[ipv6-addr:value ISSUBSET '2001:db8:1::/48']",
    ])
    expect(bundle.objects[0]).toEqual({
      type: 'indicator',
      spec_version: '2.1',
      id: expect.stringMatching(/^indicator--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      created: '2021-06-10T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      name: '192.0.2.4',
      description: 'captcha: list-2 (lists:list-2)',
      indicator_types: ['malicious-activity'],
      pattern: "[ipv4-addr:value = '192.0.2.4']",
      pattern_type: 'stix',
      pattern_version: '2.1',
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_until: '2026-01-02T00:00:00.000Z',
      labels: ['captcha'],
    })
  })

  test('a network keeps its id and its date of creation, and a later export is a later version', async () => {
    const set = await setOf({ values: ['192.0.2.4'] })
    const [[first], [second]] = [await bundleOf(set), await bundleOf(set, { now: () => NOW + HOUR_MS })].map(
      ({ objects }) => objects,
    )
    expect(second).toMatchObject({ id: first.id, created: first.created, modified: '2026-01-01T01:00:00.000Z' })
  })

  test('ids are UUIDv5 as other implementations make them', async () => {
    const { objects } = await bundleOf(await setOf({ values: ['192.0.2.4', '2001:db8::/32'] }))
    // python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('2e59cfd5-f660-481a-9c35-803b02adbb86'),
    // '192.0.2.4'))"
    expect(objects.map(({ id }: { id: string }) => id)).toEqual([
      'indicator--ff272051-d337-5df8-a1b2-fc4d84748b5e',
      'indicator--96e305a9-2351-5a43-8804-4b1dca86c038',
    ])
  })

  test('of nothing has no objects, since a list in STIX is not empty', async () => {
    expect(Object.keys(await bundleOf(await setOf()))).toEqual(['type', 'id'])
  })
})
