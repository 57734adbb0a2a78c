import { hash } from 'node:crypto'
import { parseAddress, type Signal } from '@cscapi/signals'
import type { DedupOptions } from './dedup-options.js'

/** Hashes what has to be equal for two signals to be alike: 16 base64url characters. */
export function dedupKey({ source, scenario, machine_id: machineId }: Signal, by: DedupOptions['by']): string {
  const parts = {
    source: `${source.scope.toLowerCase()} ${parseAddress(source.value)?.value ?? source.value}`,
    scenario,
    machine: machineId,
  }
  return hash('sha256', JSON.stringify(by.map((part) => parts[part])), 'base64url').slice(0, 16)
}
