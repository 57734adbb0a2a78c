import { readFileSync } from 'node:fs'
import { type ExportOptions, exportDecisions } from '../src/export/index.js'
import { DecisionSet } from '../src/index.js'

/**
 * A set with everything that an export has to get right: nesting, neighbours, an allowed address,
 * both families, hostile names.
 */
export async function sampleSet(): Promise<DecisionSet> {
  const set = new DecisionSet()
  const list = (name: string, remediation: string, values: readonly string[]) =>
    set.replaceBlocklist({ name, scope: 'ip', remediation, duration: '24h' }, values)
  await list('plain', 'ban', ['203.0.113.0/24', '198.51.100.6', '198.51.100.7', '2001:db8:1::/48', '2001:db8::1'])
  await list('challenge', 'captcha', ['203.0.113.128/30', '203.0.113.255', '2001:db8:1:8000::/64', '192.0.2.1'])
  await list('inner', 'ban', ['203.0.113.129'])
  await list(`evil'"\n}; deny all;\nRequire all denied\nadd x 0.0.0.0/1 \\`, 'ban"; } \n\\', ['192.0.2.200'])
  await list('allowed in part', 'ban', ['198.51.100.128/25', '198.51.100.200'])
  await set.replaceAllowlist({ id: 'a', name: 'ours' }, ['{"value":"198.51.100.129"}'])
  return set
}

/** Addresses at each edge of what the sample holds, and beyond. */
export const probes = [
  ...['198.51.100.5', '198.51.100.6', '198.51.100.7', '198.51.100.8', '198.51.100.129', '198.51.100.200'],
  ...['203.0.112.255', '203.0.113.0', '203.0.113.127', '203.0.113.128', '203.0.113.129', '203.0.113.130'],
  ...['203.0.113.132', '203.0.113.254', '203.0.113.255', '203.0.114.0', '192.0.2.1', '192.0.2.200', '192.0.2.2'],
  ...['2001:db8::', '2001:db8::1', '2001:db8::2', '2001:db8:1::', '2001:db8:1:7fff:ffff::', '2001:db8:1:8000::1'],
  ...['2001:db8:1:8001::', '2001:db8:1:ffff:ffff:ffff:ffff:ffff', '2001:db8:2::'],
]

/** Half of the addresses of a /16 and of a /48, one by one: nothing can be joined. */
export async function largeSet(): Promise<DecisionSet> {
  const set = new DecisionSet()
  const v4 = Array.from({ length: 32_768 }, (_, index) => `198.18.${index >> 7}.${(index & 127) * 2}`)
  const v6 = Array.from({ length: 16_384 }, (_, index) => `2001:db8:7::${(index * 2).toString(16)}`)
  await set.replaceBlocklist({ name: 'large', scope: 'ip', remediation: 'ban', duration: '24h' }, [...v4, ...v6])
  return set
}

/** Every address of both families. */
export async function wholeSet(): Promise<DecisionSet> {
  const set = new DecisionSet({ allowWide: true })
  const info = { name: 'all', scope: 'ip', remediation: 'ban', duration: '1h' }
  await set.replaceBlocklist(info, ['0.0.0.0/1', '128.0.0.0/1', '::/0'])
  return set
}

export async function exported(set: DecisionSet, options: ExportOptions): Promise<string> {
  let text = ''
  for await (const chunk of exportDecisions(set, options)) text += chunk
  return text
}

const GUIDE = readFileSync(new URL('../../../docs/exporting-decisions.md', import.meta.url), 'utf8')

/**
 * The block of the guide that mentions something: what it tells users to write is what is tested.
 */
export function fromGuide(mentioned: string): string {
  const blocks = [...GUIDE.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, block = '']) => block)
  const found = blocks.find((block) => block.includes(mentioned))
  if (found === undefined) throw new Error(`the guide has no block that mentions ${mentioned}`)
  return found
}
