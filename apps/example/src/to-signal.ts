import { createHash } from 'node:crypto'
import { createSignal, type Signal } from '@cscapi/client'
import type { Attack } from './detector.js'

/** The signal that reports an attack. */
export function toSignal(attack: Attack, machineId: string): Signal {
  const { rule, address, startAt, stopAt, events, targets } = attack
  return createSignal({
    attackerIp: address,
    scenario: rule.scenario,
    machineId,
    createdAt: stopAt,
    startAt,
    stopAt,
    uuid: uuidOf(`${machineId} ${rule.scenario} ${address} ${startAt}`, startAt),
    message: `${address} performed '${rule.scenario}' (${events} events over ${(stopAt - startAt) / 1_000} s)`,
    context: { [rule.sensor === 'ssh' ? 'target_user' : 'target_request']: targets.map(withoutUnprintable) },
  })
}

/** Version 7 with its random part drawn from the attack: reading the same log again reports nothing twice. */
function uuidOf(text: string, at: number): string {
  const time = at.toString(16).padStart(12, '0')
  const hash = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`
}

/** What attackers send is not always text. */
function withoutUnprintable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, 200)
}
