import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FormatName } from '../src/index.js'
import { itemsOf } from './signals-of.js'

const ADDRESS = '203.0.113.7'
const AT = '2026-11-28T00:12:09Z'
const jsonMapping = { source: 'ip', time: 'at', scenario: 'acme/scan', context: { user_agent: 'text', a: 'deep.text' } }
const csvMapping = {
  source: 'ip',
  time: 'at',
  scenario: 'acme/scan',
  context: { user_agent: 'text' },
  columns: ['text', 'ip', 'at', 'more'],
}

/** A record in which a client wrote `text` wherever clients can write. */
const RECORDS: Record<string, { readonly mapping?: object; readonly record: (text: string) => string }> = {
  crowdsec: {
    record: (text) =>
      JSON.stringify({
        message: text,
        scenario: 'crowdsecurity/ssh-bf',
        start_at: AT,
        stop_at: AT,
        events: [{ meta: [{ key: 'service', value: text }] }, { meta: [{ key: text, value: text }] }],
        source: { scope: 'Ip', value: ADDRESS, as_name: text },
        meta: [{ key: 'target_uri', value: text }],
        labels: { [text]: text },
      }),
  },
  wazuh: {
    record: (text) =>
      JSON.stringify({
        full_log: text,
        previous_output: text,
        timestamp: '2026-11-28T00:12:09.000+0000',
        rule: { level: 10, groups: ['sshd', 'authentication_failures'] },
        data: { srcuser: text, dstuser: text, url: text, srcip: ADDRESS, id: text },
      }),
  },
  jsonl: {
    mapping: jsonMapping,
    record: (text) => JSON.stringify({ text, ip: ADDRESS, at: AT, deep: { text, ip: text }, [`x${text}`]: text }),
  },
  csv: {
    mapping: csvMapping,
    record: (text) => `"${text.replaceAll('"', '""')}",${ADDRESS},${AT},"${text.replaceAll('"', '""')}"`,
  },
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...['"', '\\', '\n', '\r\n', '{', '}', '[', ']', ',', ';', '198.51.100.9', '"srcip":"198.51.100.9"'],
        ...['"ip":"198.51.100.9"', ',198.51.100.9,', '"source":{"scope":"Ip","value":"198.51.100.9"}', '\u2028', '\0'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

describe.each(Object.entries(RECORDS))('%s', (format, { mapping, record }) => {
  const options = mapping === undefined ? {} : { mapping }

  test('whatever a client wrote, the attacker is who the detector saw', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const items = await itemsOf(format as FormatName, record(text), { ...options, include: ['users', 'queries'] })
        const addresses = items.map((item) => ('signal' in item ? item.signal.source.value : item.refused))
        expect(addresses).toEqual([ADDRESS])
      }),
    )
  })
})
