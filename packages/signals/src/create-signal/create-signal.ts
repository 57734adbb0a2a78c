import { validateSignal } from '../validation/validate-signal.js'
import { newUuid } from './new-uuid.js'
import type { CreatedSignal, CreateSignalInput } from './signal-input.js'

/**
 * Makes a signal that CAPI accepts. Times come out as RFC 3339 in UTC, addresses in canonical form;
 * what is unset is left out. A name that is not known here is refused, whatever it holds: nobody
 * would notice a detail that is missing.
 *
 * @throws InputError that lists every wrong value with its path and the rule, unknown names too,
 * with those that were meant.
 */
export function createSignal(input: CreateSignalInput): CreatedSignal {
  const { source, created, start, stop, context, decisions } = validateSignal(input)
  const signal: CreatedSignal = {
    message: input.message ?? `${source.scope} ${source.value} performed '${input.scenario}'`,
    scenario: input.scenario,
    scenario_hash: input.scenarioHash ?? '',
    scenario_version: input.scenarioVersion ?? '',
    scenario_trust: input.scenarioTrust ?? 'manual',
    source,
    created_at: created,
    start_at: start,
    stop_at: stop,
    machine_id: input.machineId,
    uuid: input.uuid ?? newUuid(),
    ...(context !== undefined && { context }),
    decisions,
  }
  if (input.kind !== undefined) signal.kind = input.kind ?? ''
  if (input.alertId !== undefined) signal.alert_id = input.alertId
  return signal
}
