import { createHash } from 'node:crypto'
import { createSignal, type Signal } from '@cscapi/client'
import type { Attack } from './detector.js'

/** The signal that reports an attack. */
export function toSignal(attack: Attack, machineId: string): Signal {
  const { scenario, address, startAt, stopAt, events } = attack
  return createSignal({
    attackerIp: address,
    scenario,
    machineId,
    createdAt: stopAt,
    startAt,
    stopAt,
    uuid: uuidOf(`${machineId} ${scenario} ${address} ${startAt}`, startAt),
    message: `${address} performed '${scenario}' (${events} events over ${(stopAt - startAt) / 1_000} s)`,
    context: contextOf(attack),
  })
}

/** The names are those of the CrowdSec engine's own context. */
function contextOf({ kind, targets, userAgents }: Attack): Record<string, string[]> {
  if (targets.length === 0) return {}
  if (kind === 'honeypot-command') return { command: targets.map(printable) }
  if (kind !== 'http-request') return { target_user: targets.map(printable) }
  const requests = targets.map((target) => /^(?:(?<method>[A-Z]+) )?(?<uri>.*)$/s.exec(target)?.groups ?? {})
  const methods = new Set(requests.flatMap(({ method }) => method ?? []))
  return {
    ...(methods.size > 0 && { method: [...methods] }),
    target_uri: requests.map(({ uri = '' }) => printable(uri)),
    ...(userAgents.length > 0 && { user_agent: userAgents.map(printable) }),
  }
}

/**
 * Version 7 with its random part drawn from the attack: reading the same log again reports nothing
 * twice.
 */
function uuidOf(text: string, at: number): string {
  const time = at.toString(16).padStart(12, '0')
  const hash = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`
}

/** What attackers send is not always text. */
function printable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
