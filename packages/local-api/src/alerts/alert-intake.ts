import type { CapiClient, Signal } from '@cscapi/client'
import type { DecisionSet, LocalDecision, NewLocalDecision } from '@cscapi/decisions'
import { InputError, IpNetwork, isAddressScope } from '@cscapi/signals'
import type { ResolvedLocalApiOptions } from '../options.js'
import type { AlertBook, AlertRecord } from './alert-book.js'
import { alertIssues, alertSchema, type PostedAlert } from './alert-schema.js'
import { alertUuid, decisionUuid } from './alert-uuid.js'
import { decide } from './decide.js'
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
    const { decisions, book, now, profile, warn } = this.#options
    const issues: string[] = []
    const kept: { uuid: string; agent: string; alert: PostedAlert; made: readonly NewLocalDecision[] }[] = []
    for (const [index, given] of batch.entries()) {
      const { data: alert } = alertSchema().safeParse(given)
      if (alert === undefined) {
        issues.push(...alertIssues(given, index))
        continue
      }
      if (this.#isAllowlisted(alert)) continue
      const uuid = alertUuid(agent, alert)
      const { made, wrong } = decide(alert, uuid, profile, now())
      if (wrong.length > 0 && wrong.length === alert.decisions?.length) {
        // Somebody who brings nothing but what cannot be done asks for nothing else.
        issues.push(...wrong.map((text) => `${index}.${text}`))
        continue
      }
      for (const issue of wrong) warn('decision_refused', `A decision of agent ${agent} is left out: ${issue}`)
      kept.push({ uuid, agent, alert, made })
    }
    const signals = kept.flatMap(({ uuid, alert }) => this.#signalsOf(agent, uuid, alert))
    const made = kept.flatMap((one) => one.made)
    await this.#share(agent, signals)
    if (made.length > 0) await decisions.addLocal(made)
    const ids = await book.add(kept, now())
    if (issues.length > 0) warn('alert_refused', `Agent ${agent} posted what cannot be taken: ${issues[0]}`)
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
