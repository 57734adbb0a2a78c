import { createHash } from 'node:crypto'
import type { PostedAlert } from './alert-schema.js'

/**
 * Drawn from what an alert says: agents send one again without an id. A uuid of version 8. `cscli`
 * tells times in seconds, so that only their decisions tell two of its alerts apart.
 */
export function alertUuid(agent: string, alert: PostedAlert): string {
  const { scenario, source, start_at, stop_at, message } = alert
  const decisions = alert.decisions ?? []
  return uuidOf([agent, scenario, source.scope, source.value, start_at, stop_at, message, decisions])
}

/** Of one of its decisions. */
export const decisionUuid = (alert: string, index: number) => uuidOf([alert, index])

function uuidOf(parts: readonly unknown[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
