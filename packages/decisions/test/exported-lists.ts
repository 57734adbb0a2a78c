import { type ExportOptions, exportDecisions } from '../src/export/index.js'
import { DecisionSet } from '../src/index.js'

export const NOW = Date.UTC(2026, 0, 1)
export const HOUR_MS = 3_600_000
export const now = () => NOW

export async function setOf(
  ...lists: readonly {
    name?: string
    values: readonly string[]
    remediation?: string
    scope?: string
    duration?: string
  }[]
) {
  const set = new DecisionSet({ now, allowWide: true })
  for (const [
    index,
    { name = `list-${index + 1}`, values, remediation = 'ban', scope = 'ip', duration = '24h' },
  ] of lists.entries())
    await set.replaceBlocklist({ name, scope, remediation, duration }, values)
  return set
}

export async function exported(set: DecisionSet, options: ExportOptions) {
  let text = ''
  for await (const chunk of exportDecisions(set, { now, ...options })) text += chunk
  return text
}

/** Its lines without the comments. */
export const linesOf = async (set: DecisionSet, options: ExportOptions) =>
  (await exported(set, options)).split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))

export const small = () =>
  setOf(
    { values: ['203.0.113.0/25', '203.0.113.128/25', '2001:DB8:0::1', '198.51.100.7'] },
    { values: ['192.0.2.4', '2001:db8:1::/48'], remediation: 'captcha' },
    { values: ['xx'], scope: 'Country' },
  )
