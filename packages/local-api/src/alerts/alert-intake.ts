import type { CapiClient, Signal } from '@cscapi/client'
import { type DecisionSet, type LocalDecision, type NewLocalDecision, newDecisionIssue } from '@cscapi/decisions'
import { durationToMs, InputError, IpNetwork, isAddressScope, parseDuration, parseTimestamp } from '@cscapi/signals'
import type { ResolvedLocalApiOptions } from '../options.js'
import type { AlertBook, AlertRecord } from './alert-book.js'
import { alertIssues, alertSchema, type PostedAlert } from './alert-schema.js'
import { alertUuid, decisionUuid } from './alert-uuid.js'
import { notShared, toSignal } from './to-signal.js'

export interface AlertIntakeOptions extends Pick<ResolvedLocalApiOptions, 'share' | 'profile' | 'now' | 'warn'> {
  readonly client: CapiClient
  readonly decisions: DecisionSet
  readonly book: AlertBook
  /** The CAPI machine that sends for an agent. */
  readonly machineOf: (agent: string) => string
}

/** What became of a batch. */
export interface TakenAlerts {
  /** Of those that were kept. */
  readonly ids: readonly number[]
  /** What is wrong with those that were not, in the engine's words. */
  readonly issues: readonly string[]
}

/** Takes what agents find: it is stored, as signals and decisions, once {@link add} resolves. */
export class AlertIntake {
  readonly #options: AlertIntakeOptions

  constructor(options: AlertIntakeOptions) {
    this.#options = options
  }

  /** @throws what the store throws; the batch may be sent again, nothing is taken twice */
  async add(agent: string, batch: readonly unknown[]): Promise<TakenAlerts> {
    const { decisions, book, now } = this.#options
    const issues: string[] = []
    const kept: { uuid: string; agent: string; alert: PostedAlert }[] = []
    for (const [index, given] of batch.entries()) {
      const { data } = alertSchema().safeParse(given)
      if (data === undefined) issues.push(...alertIssues(given, index))
      else if (!this.#isAllowlisted(data)) kept.push({ uuid: alertUuid(agent, data), agent, alert: data })
    }
    const signals = kept.flatMap(({ uuid, alert }) => this.#signalsOf(agent, uuid, alert))
    const made = kept.flatMap(({ uuid, alert }) => this.#decisionsOf(uuid, alert))
    await this.#share(agent, signals)
    if (made.length > 0) await decisions.addLocal(made)
    const ids = await book.add(kept, now())
    if (issues.length > 0) this.#options.warn('alert_refused', `Agent ${agent} posted what is no alert: ${issues[0]}`)
    return { ids, issues }
  }

  /** One signal that is refused does not hold up the others: its agent would send all for ever. */
  async #share(agent: string, signals: readonly Signal[]): Promise<void> {
    if (signals.length === 0) return
    try {
      await this.#options.client.addSignals(signals)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      if (signals.length > 1) for (const signal of signals) await this.#share(agent, [signal])
      else this.#options.warn('alert_not_shared', `An alert of agent ${agent} is not shared: ${error.message}`, error)
    }
  }

  /** Those that have decisions of their own are not asked about: somebody wants them. */
  #isAllowlisted({ source, decisions }: PostedAlert): boolean {
    const network = new IpNetwork()
    return (
      (decisions?.length ?? 0) === 0 &&
      isAddressScope(source.scope) &&
      network.read(source.value) &&
      this.#options.decisions.held().isAllowed(network, this.#options.now())
    )
  }

  #signalsOf(agent: string, uuid: string, alert: PostedAlert): Signal[] {
    const { share, machineOf, now } = this.#options
    if (notShared(alert, share) !== undefined) return []
    try {
      return [toSignal(alert, machineOf(agent), uuid, now())]
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#options.warn('alert_not_shared', `An alert of agent ${agent} is not shared: ${error.message}`, error)
      return []
    }
  }

  #decisionsOf(alertId: string, alert: PostedAlert): NewLocalDecision[] {
    if (alert.simulated) return []
    const { now, profile } = this.#options
    // As in the engine, decisions count from the end of the attack; a time that is none is now.
    const stop = Math.min(parseTimestamp(alert.stop_at)?.ms ?? now(), now())
    const given = alert.decisions ?? []
    const made =
      given.length > 0
        ? given.flatMap((one) => {
            const ns = parseDuration(one.duration, { allowDays: true })
            if (one.simulated === true || ns === undefined) return []
            const { scope, value, scenario: reason, origin } = one
            return [{ scope, value, reason, origin, remediation: one.type, expiresAt: stop + durationToMs(ns) }]
          })
        : this.#profiled(alert, profile, stop)
    return made.flatMap((one, index) => {
      const decision = { ...one, uuid: decisionUuid(alertId, index) }
      return this.#isUsable(decision) ? [decision] : []
    })
  }

  #profiled(alert: PostedAlert, profile: AlertIntakeOptions['profile'], stop: number): NewLocalDecision[] {
    const decided = profile === false ? undefined : profile(alert)
    if (decided === undefined) return []
    const { scope, value } = alert.source
    const { remediation, durationMs } = decided
    return [{ scope, value, reason: alert.scenario, origin: 'crowdsec', remediation, expiresAt: stop + durationMs }]
  }

  #isUsable(decision: NewLocalDecision): boolean {
    if (decision.expiresAt <= this.#options.now()) return false
    const issue = newDecisionIssue(decision, this.#options.now())
    if (issue !== undefined) this.#options.warn('decision_refused', `A decision of an alert is left out: ${issue}`)
    return issue === undefined
  }
}

/** The decisions of an alert, by what their uuids are drawn from. */
export function decisionsOf(
  { uuid, alert }: Pick<AlertRecord, 'uuid' | 'alert'>,
  decisions: ReadonlyMap<string, LocalDecision>,
): LocalDecision[] {
  const count = Math.max(alert.decisions?.length ?? 0, 1)
  return Array.from({ length: count }, (_, index) => decisions.get(decisionUuid(uuid, index))).filter(
    (decision) => decision !== undefined,
  )
}
