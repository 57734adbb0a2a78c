import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FormatName, InputReader } from '../src/index.js'
import { itemsOf, NOW, sample, tableOf } from './signals-of.js'

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

const SAMPLES: [FormatName, string, object?][] = [
  ['crowdsec', 'crowdsec-alerts.json'],
  ['wazuh', 'wazuh-alerts.json'],
  ['fail2ban', 'fail2ban.log'],
  ['fail2ban', 'fail2ban-actions.log'],
  [
    'jsonl',
    'detections.jsonl',
    { source: '"client.ip"', time: { field: 'when', format: 'epoch_ms' }, scenario: 'a/b' },
  ],
  [
    'csv',
    'detections.csv',
    {
      ...{ source: 'source', address: 'address:port', delimiter: ';', scenario: 'a/b' },
      time: 'time',
      columns: undefined,
    },
  ],
  ['signal', 'rejected-signals.jsonl'],
]

describe.each(SAMPLES)('%s, %s', (format, name, mapping) => {
  const options = { machineId: 'sensor', utc: true, now: () => NOW, ...(mapping && { mapping }) }

  test('read again, it gives the same signals with the same uuids', async () => {
    const once = await itemsOf(format, sample(name), options)
    expect(once.length).toBeGreaterThan(0)
    expect(await itemsOf(format, sample(name), options)).toEqual(once)
  })

  test('a reader that goes on where another stopped, at any line, finds the same', () => {
    const lines = sample(name).replace(/\n$/, '').split(/\r?\n/)
    const whole = new InputReader(format, options)
    const expected = [...lines.flatMap((line) => whole.read(line)), ...whole.end()]
    for (let at = 0; at <= lines.length; at += 1) {
      const before = new InputReader(format, options)
      const items = lines.slice(0, at).flatMap((line) => before.read(line))
      const after = new InputReader(format, options, JSON.parse(JSON.stringify(before.save())))
      items.push(...lines.slice(at).flatMap((line) => after.read(line)), ...after.end())
      expect(items).toEqual(expected)
    }
  })

  test('a line of 1 MB and binary junk are refused by number, and what follows is read', async () => {
    const junk = ['x'.repeat(1_000_000), '\u0000\u0001\ufffd\ufffd\u0002', `{"a":"${'y'.repeat(1_048_576)}"}`]
    const header = name.endsWith('.csv') ? sample(name).split('\n')[0] : ''
    const rows = await tableOf(format, `${header}\n${junk.join('\n')}\n${sample(name)}`, options)
    const refused = rows.filter((row) => /^[234]: /.test(row))
    expect(refused.map((row) => row[0])).toEqual(['2', '3', '4'])
    const signals = (all: readonly string[]) => all.filter((row) => !/^\d+: /.test(row))
    expect(signals(rows)).toEqual(signals(await tableOf(format, sample(name), options)))
  })
})
