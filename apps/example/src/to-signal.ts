import { createSignal, type Signal } from '@cscapi/client'
import { attackUuid } from '@cscapi/inputs'
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
    // Reading the same log again reports nothing twice.
    uuid: attackUuid(machineId, scenario, address, startAt),
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

/** What attackers send is not always text. */
function printable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
