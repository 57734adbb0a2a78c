import { createSignal, type Signal } from '@cscapi/client'
import { parseTimestamp } from '@cscapi/signals'
import type { ResolvedLocalApiOptions } from '../options.js'
import type { PostedAlert } from './alert-schema.js'

/** How much a scenario is trusted, in the order in which the engine asks. */
export function scenarioTrust({ scenario_hash: hash, scenario_version: version, decisions }: PostedAlert): string {
  const origin = decisions?.[0]?.origin
  if (origin === 'cscli' || origin === 'cscli-import') return 'manual'
  if (hash === '') return 'custom'
  return version === '' || version === '?' ? 'tainted' : 'certified'
}

/** Why an alert is not shared, by what its sender says and what is wanted; `undefined` if it is. */
export function notShared(alert: PostedAlert, share: ResolvedLocalApiOptions['share']): string | undefined {
  if (alert.simulated) return 'it is simulated'
  const trust = scenarioTrust(alert)
  if (trust === 'custom' && !share.custom) return 'its scenario is of your own'
  if (trust === 'tainted' && !share.tainted) return 'its scenario was changed'
  if (trust === 'manual' && !share.manual) return 'it is a decision by hand'
  return undefined
}

/**
 * The signal of an alert.
 * @throws InputError where no signal can be made of it: a scenario that is free text, for instance
 */
export function toSignal(alert: PostedAlert, machineId: string, uuid: string, now: number): Signal {
  const { source, meta, kind } = alert
  const { scope, value, ip, range, cn, latitude, longitude, as_name, as_number } = source
  // Times that cannot be read are now, as in the engine.
  const start = parseTimestamp(alert.start_at) === undefined ? now : alert.start_at
  const stop = parseTimestamp(alert.stop_at) === undefined ? start : alert.stop_at
  return createSignal({
    source: {
      scope,
      value,
      ...given({ ip, range, cn, latitude, longitude, as_name, as_number }),
    },
    scenario: alert.scenario,
    scenarioHash: alert.scenario_hash,
    scenarioVersion: alert.scenario_version,
    scenarioTrust: scenarioTrust(alert),
    message: alert.message,
    createdAt: now,
    startAt: start,
    stopAt: stop,
    machineId,
    uuid,
    now,
    ...(meta && meta.length > 0 && { context: meta.map((entry) => ({ key: entry.key, value: entry.value })) }),
    ...(kind && { kind }),
  })
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], null | undefined | ''> }

/** What has a value; agents without a place know of 0° and 0°. */
function given<T extends Record<string, string | number | null | undefined>>(fields: T): Given<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== 0),
  ) as Given<T>
}
