import { readFileSync } from 'node:fs'
import type { FormatName } from '../src/formats/format-names.js'
import type { InputItem } from '../src/line-reader.js'
import type { InputLines } from '../src/lines/input-lines.js'
import type { InputOptions } from '../src/options.js'
import { readInput } from '../src/read-input.js'

/** A moment behind every sample. */
export const NOW = Date.parse('2026-12-01T00:00:00Z')

export function sample(name: string): string {
  return readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8')
}

export async function itemsOf(
  format: FormatName,
  lines: InputLines,
  options: Partial<InputOptions> = {},
): Promise<InputItem[]> {
  const items: InputItem[] = []
  for await (const item of readInput(format, lines, { machineId: 'sensor', utc: true, now: () => NOW, ...options })) {
    items.push(item)
  }
  return items
}

/**
 * `address scenario start stop events`, as the tables of expected signals have it, and `line:
 * reason`.
 */
export async function tableOf(
  format: FormatName,
  lines: InputLines,
  options: Partial<InputOptions> = {},
): Promise<string[]> {
  return (await itemsOf(format, lines, options)).map(rowOf)
}

export function rowOf(item: InputItem): string {
  if ('refused' in item) return `${item.line}: ${item.refused}`
  const { source, scenario, start_at, stop_at } = item.signal
  return [source.value, scenario, start_at, stop_at, item.events].join(' ')
}
