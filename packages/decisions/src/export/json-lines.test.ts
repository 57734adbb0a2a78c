import { describe, expect, test } from 'vitest'
import { exported, linesOf, setOf } from '../../test/exported-lists.js'

describe('jsonl', () => {
  test('has an entry a line, with its expiry as text', async () => {
    const set = await setOf({ name: 'a\u2028"b"\n', values: ['192.0.2.4'] })
    const lines = await linesOf(set, { format: 'jsonl' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\u2028')
    expect(JSON.parse(lines[0]!)).toEqual({
      value: '192.0.2.4',
      scope: 'Ip',
      remediation: 'ban',
      reason: 'a\u2028"b"\n',
      origin: 'lists:a\u2028"b"\n',
      expiresAt: '2026-01-02T00:00:00.000Z',
    })
  })

  test('what never ends, ends with the last year that the format knows', async () => {
    const set = await setOf()
    await set.applyStream({
      new: [{ value: '192.0.2.4', scope: 'Ip', scenario: 's', expiresAt: Number.MAX_VALUE }],
      deleted: [],
    })
    expect(await exported(set, { format: 'jsonl' })).toContain('"expiresAt":"9999-12-31T23:59:59.999Z"')
  })
})
