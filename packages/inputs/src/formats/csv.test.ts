import { expect, test } from 'vitest'
import { MAPPINGS } from '../../test/every-sample.js'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const plain = { source: 'ip', time: 'at', scenario: 'acme/scan', columns: ['ip', 'at', 'note'] }
const AT = '2026-11-28T00:12:09Z'
const ROW = '203.0.113.7 acme/scan 2026-11-28T00:12:09.000Z 2026-11-28T00:12:09.000Z 1'

test('a header, quotes, text over two lines, the header again, and each bad record by its number', async () => {
  expect(await tableOf('csv', sample('detections.csv'), { mapping: MAPPINGS.csv })).toEqual([
    '2001:db8::7 acme/scan 2026-11-28T00:12:09.000Z 2026-11-28T00:12:09.000Z 1',
    '203.0.113.7 acme/scan 2026-11-28T00:12:10.000Z 2026-11-28T00:12:10.000Z 1',
    '7: it has 2 fields, not 4',
    '8: its quotes are wrong',
    '9: its time is no time of the format rfc3339',
    '10: a quote is open, and does not end: 1 lines from here on were not read',
  ])
})

test('what a quoted field holds is told on one line', async () => {
  const [item] = await itemsOf('csv', sample('detections.csv'), { mapping: MAPPINGS.csv })
  expect(item).toMatchObject({
    firstLine: 2,
    signal: { context: [{ key: 'user_agent', value: '["a \\"quoted\\" agent; of two lines"]' }] },
  })
})

test('without a header, the columns are given', async () => {
  expect(await tableOf('csv', `203.0.113.7,${AT},\n`, { mapping: plain })).toEqual([ROW])
})

test.each([',', ';', '\t', '|'])('the delimiter %j', async (delimiter) => {
  const line = ['203.0.113.7', AT, 'x'].join(delimiter)
  expect(await tableOf('csv', line, { mapping: { ...plain, delimiter } })).toEqual([ROW])
})

test('a first line that is no header is refused, and told what it lacks', async () => {
  const { columns: _, ...withHeader } = plain
  expect(await tableOf('csv', 'ip,note\n', { mapping: withHeader })).toEqual([
    '1: it is no header: it lacks at; without a header, give mapping.columns',
  ])
})

test('columns that lack what is mapped are refused before anything is read', async () => {
  await expect(tableOf('csv', '', { mapping: { ...plain, columns: ['ip'] } })).rejects.toMatchObject({
    issues: [{ path: 'mapping.columns', rule: 'must have at, too' }],
  })
})

test('a quote that went astray swallows a hundred lines at most, and says so', async () => {
  const lines = ['203.0.113.8,x,"open', ...Array.from({ length: 120 }, () => `203.0.113.7,${AT},`)].join('\n')
  const rows = await tableOf('csv', lines, { mapping: plain })
  expect(rows[0]).toBe('1: a quote is open, and does not end: 100 lines from here on were not read')
  expect(rows.slice(1)).toEqual(Array.from({ length: 21 }, () => ROW))
})
