import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecisionSet } from '../src/index.js'
import { exported, now } from './exported-lists.js'
import { parseCsv } from './parse-csv.js'

/** Text that somebody may call a list or a value: hostile characters are frequent. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      '"',
      "'",
      '\\',
      '#',
      ';',
      '{',
      '}',
      ',',
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\0',
      '\u0085',
      '\u2028',
      '\u202e',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  ),
  minLength: 1,
  maxLength: 12,
})

const COMMENTED = ['text', 'nginx-deny', 'nginx-geo', 'apache', 'haproxy-map', 'ipset', 'nftables'] as const

test('whatever a list and its remediation are called, nothing but addresses leaves the comments (1,000 names)', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (name, remediation) => {
      const exports = async (list: string, said: string) => {
        const set = new DecisionSet({ now })
        const info = { name: list, scope: 'ip', remediation: said, duration: '1h' }
        await set.replaceBlocklist(info, ['203.0.113.7', '2001:db8::/32'])
        const options = { remediations: [said] }
        return Promise.all(COMMENTED.map((format) => exported(set, { format, ...options })))
      }
      const plain = (text: string) =>
        text
          .split('\n')
          .filter((line) => !line.startsWith('#'))
          .join('\n')
      const word = remediation.replace(/[^A-Za-z0-9_-]/g, '_') || '_'
      const [wild, tame] = [await exports(name, remediation), await exports('tame', word)]
      expect(wild.map(plain)).toEqual(tame.map(plain))
      for (const text of wild) expect(text).toMatch(/^[\n\x20-\x7e]*$/)
      for (const comment of wild.join('').matchAll(/^#.*$/gm)) expect(comment[0]).not.toContain('\\\\')
    }),
    { numRuns: 1_000 },
  )
})

test('whatever its text, a CSV cell is read back as it was but for the mark that keeps it from being a formula (1,000 sets)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 4 }), hostile, async (values, name) => {
      const set = new DecisionSet({ now })
      await set.replaceBlocklist({ name, scope: 'username', remediation: name, duration: '1h' }, values)
      const [, ...rows] = parseCsv(await exported(set, { format: 'csv' }))
      const entries = [...set.entries()]
      expect(rows).toHaveLength(entries.length)
      for (const [index, { value, scope, remediation, reason, origin }] of entries.entries()) {
        const cells = rows[index]!.slice(0, 5)
        expect(cells.map((cell) => cell.replace(/^'/, ''))).toEqual(
          [value, scope, remediation, reason, origin].map((text) => text.replace(/^'/, '')),
        )
        for (const cell of cells) expect(cell.trimStart()).not.toMatch(/^[=+\-@]/)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('whatever its text, JSON lines and STIX are read back as they were, a line each (1,000 sets)', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (name) => {
      const set = new DecisionSet({ now })
      const info = { name, scope: 'ip', remediation: name, duration: '1h' }
      await set.replaceBlocklist(info, ['203.0.113.7', '2001:db8::/32'])
      const lines = (await exported(set, { format: 'jsonl' })).split(/\r\n|[\n\r\u0085\u2028\u2029]/)
      expect(lines.pop()).toBe('')
      const read = lines
        .map((line) => JSON.parse(line))
        .map((one) => ({ ...one, expiresAt: Date.parse(one.expiresAt) }))
      expect(read).toEqual([...set.entries()])
      const { objects } = JSON.parse(await exported(set, { format: 'stix' }))
      expect(objects.map(({ labels }: { labels: string[] }) => labels)).toEqual([[name], [name]])
    }),
    { numRuns: 1_000 },
  )
})
