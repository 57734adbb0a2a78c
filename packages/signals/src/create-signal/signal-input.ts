import type { SignalContext } from '../wire/context.js'
import type { SignalDecision } from '../wire/decision.js'
import type { Signal } from '../wire/signal.js'

/**
 * When something happened: a `Date`, epoch milliseconds, or text in a form that `parseTimestamp`
 * reads. Text without a zone is UTC. From the year 2000 to a day ahead of now.
 */
export type Instant = Date | string | number

/** Who attacked: an address or range, or a source of another scope. Exactly one of the two. */
export interface AttackerInput {
  /**
   * IPv4, IPv6 or a CIDR range of either. IPv4-mapped IPv6 is folded, host bits of a range are
   * cleared.
   */
  readonly attackerIp?: string | undefined
  /**
   * A source that is no address, `{ scope: 'username', value: 'root' }`, or one with all that CAPI
   * knows of sources, in its names.
   */
  readonly source?: SourceInput | undefined
  /** Country code. */
  readonly cn?: string | undefined
  /** The name of the autonomous system, for people. */
  readonly asName?: string | undefined
  /** The number alone, or text. */
  readonly asNumber?: string | number | undefined
  /** Degrees, −90 to 90. */
  readonly latitude?: number | undefined
  /** Degrees, −180 to 180. */
  readonly longitude?: number | undefined
}

/** A source in CAPI's names. */
export interface SourceInput {
  /** `Ip`, `Range`, `AS`, `Country`, `username`, … */
  readonly scope: string
  /** Who it is, as the scope says. */
  readonly value: string
  /** The address, where the scope is one. */
  readonly ip?: string | undefined
  /** Of an address: the network that it belongs to. */
  readonly range?: string | undefined
  /** Country code. */
  readonly cn?: string | undefined
  /** The name of the autonomous system. */
  readonly as_name?: string | undefined
  /** The number alone, or text. */
  readonly as_number?: string | number | undefined
  /** Degrees, −90 to 90. */
  readonly latitude?: number | undefined
  /** Degrees, −180 to 180. */
  readonly longitude?: number | undefined
}

/** What {@link createSignal} takes. */
export interface CreateSignalInput extends AttackerInput {
  /** `vendor/name`, e.g. `crowdsecurity/ssh-bf`. */
  readonly scenario: string
  /** When the attack was seen: epoch milliseconds, a `Date`, or text with or without a zone. */
  readonly createdAt: Instant
  /** The machine that reports: its id at CAPI. */
  readonly machineId: string
  /** First event. Default: `createdAt`. */
  readonly startAt?: Instant | undefined
  /** Last event, not before the first. Default: `createdAt`, or `startAt` if that is later. */
  readonly stopAt?: Instant | undefined
  /**
   * Any RFC 9562 uuid is kept as it is. Default: a new one of version 7, which stores append in
   * order.
   */
  readonly uuid?: string | undefined
  /** Default: a sentence that names attacker and scenario. */
  readonly message?: string | undefined
  /** SHA-256 of the scenario's file. Default: empty. */
  readonly scenarioHash?: string | undefined
  /** Default: empty. */
  readonly scenarioVersion?: string | undefined
  /** `manual`, `custom`, `certified`, `tainted`, … Default: `manual`. */
  readonly scenarioTrust?: string | undefined
  /**
   * Details: an object, where a list as a value makes one entry per item, or key and value pairs.
   */
  readonly context?: Readonly<Record<string, string | readonly string[]>> | readonly SignalContext[] | undefined
  /** What was done about it. Default: none. */
  readonly decisions?: readonly SignalDecision[] | undefined
  /** Where it was seen: `crowdsec`, `waf`, … Default: left out. */
  readonly kind?: string | undefined
  /** The number that your own system gave the alert. */
  readonly alertId?: number | undefined
  /** Epoch milliseconds: no time may be more than a day ahead of it. Default `Date.now()`. */
  readonly now?: number | undefined
}

/** A signal with everything that {@link createSignal} fills in. */
export type CreatedSignal = Signal & {
  uuid: string
  machine_id: string
  created_at: string
  decisions: SignalDecision[]
}
