import { type CreatedSignal, createSignal } from '@cscapi/signals'
import type { WholeAttack } from '../formats/format.js'
import { datedAtMost } from '../logs/time-ahead.js'
import { shortText } from './attack.js'
import { attackUuid } from './attack-uuid.js'

/** Characters of one context value at CAPI, as the engine cuts it. */
const LONGEST_VALUE = 4_000

export interface SignalMaker {
  readonly machineId: string
  /** Part of what a uuid is drawn from. */
  readonly format: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** @throws InputError where the attack can be no signal */
export function toSignal(attack: WholeAttack, { machineId, format, now }: SignalMaker): CreatedSignal {
  const { address, scenario, events, identity, details = {}, ...given } = attack
  // A clock that is a little ahead of ours changes no identity, and dates nothing later than now.
  const startAt = datedAtMost(attack.startAt, now)
  const stopAt = datedAtMost(attack.stopAt, now)
  const seconds = Math.round((stopAt - startAt) / 1_000)
  return createSignal({
    attackerIp: address,
    scenario,
    machineId,
    createdAt: stopAt,
    startAt,
    stopAt,
    uuid: given.uuid ?? attackUuid(machineId, format, identity),
    message:
      given.message ??
      `${address} performed '${scenario}' (${events} event${events === 1 ? '' : 's'} over ${seconds} s)`,
    scenarioHash: given.scenarioHash,
    scenarioVersion: given.scenarioVersion,
    scenarioTrust: given.scenarioTrust,
    context: contextOf(details),
    now,
  })
}

/** As the engine writes its own: a JSON array of texts for each name. */
function contextOf(details: NonNullable<WholeAttack['details']>): Record<string, string> | undefined {
  const context = Object.entries(details).flatMap(([name, given]): [string, string][] => {
    const texts = (typeof given === 'string' ? [given] : [...(given ?? [])]).map(shortText)
    while (JSON.stringify(texts).length > LONGEST_VALUE) texts.pop()
    return texts.length === 0 ? [] : [[name, JSON.stringify(texts)]]
  })
  return context.length === 0 ? undefined : Object.fromEntries(context)
}
