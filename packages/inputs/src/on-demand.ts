import type { InputFormat } from './formats/format.js'
import { type FormatName, readFormatName } from './formats/format-names.js'
import { type InputReading, readLines } from './input-reading.js'
import { LineReader } from './line-reader.js'
import type { InputLines } from './lines/input-lines.js'
import type { InputOptions } from './options.js'

export { FORMAT_NAMES, type FormatName } from './formats/format-names.js'
export type { InputReading } from './input-reading.js'
export type { FoundSignal, InputCounts, InputItem, RefusedLine } from './line-reader.js'
export type { InputLines } from './lines/input-lines.js'
export type { InputOptions } from './options.js'

const LOADERS: Readonly<Record<FormatName, () => Promise<InputFormat>>> = {
  'access-log': async () => (await import('./formats/access-log.js')).accessLog,
  'apache-error': async () => (await import('./formats/apache-error.js')).apacheError,
  cowrie: async () => (await import('./formats/cowrie.js')).cowrie,
  crowdsec: async () => (await import('./formats/crowdsec.js')).crowdsec,
  csv: async () => (await import('./formats/csv.js')).csv,
  endlessh: async () => (await import('./formats/endlessh.js')).endlessh,
  fail2ban: async () => (await import('./formats/fail2ban.js')).fail2ban,
  jsonl: async () => (await import('./formats/jsonl.js')).jsonl,
  modsecurity: async () => (await import('./formats/modsecurity.js')).modsecurity,
  'nginx-error': async () => (await import('./formats/nginx-error.js')).nginxError,
  opencanary: async () => (await import('./formats/opencanary.js')).opencanary,
  signal: async () => (await import('./formats/signal.js')).signal,
  sshd: async () => (await import('./formats/sshd.js')).sshd,
  sshesame: async () => (await import('./formats/sshesame.js')).sshesame,
  suricata: async () => (await import('./formats/suricata.js')).suricata,
  wazuh: async () => (await import('./formats/wazuh.js')).wazuh,
}

/** `readInput` of one format: what it takes, gives and throws is the same. */
export type ReadInput = (lines: InputLines, options: InputOptions) => InputReading

/**
 * Loads one format, and nothing of the others: for programs that run so briefly that loading is
 * what they cost.
 *
 * @throws InputError for a name that no format has
 */
export async function loadInput(format: string): Promise<ReadInput> {
  const name = readFormatName(format)
  const named = { name, format: await LOADERS[name]() }
  return (lines, options) => readLines(new LineReader(named, options), lines)
}
