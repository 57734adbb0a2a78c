import type { NetworkSet, Signal } from '@cscapi/signals'
import type { AttackRule } from '../attacks/attack-rule.js'
import type { TimeContext } from '../logs/time-context.js'

/** What a reader must know besides the lines. */
export interface ReadContext extends TimeContext {
  /** What a signal may tell although it may be a secret, or somebody's name. */
  readonly include: ReadonlySet<Sensitive>
  /** Proxies whose word about their client counts. */
  readonly trustedProxies: NetworkSet
  /** Of the formats that need one: what stands where. Each checks its own. */
  readonly mapping: unknown
}

/**
 * What is left out unless asked for: `users` are names that were tried at a real service (people
 * type passwords there), `passwords` those that were tried at a honeypot, `commands` what was typed
 * there, `queries` the part of a path behind `?`.
 */
export const SENSITIVE = ['users', 'passwords', 'commands', 'queries'] as const
/** A kind of {@link SENSITIVE} text. */
export type Sensitive = (typeof SENSITIVE)[number]

/** One thing that an attacker did. Those of one address that belong together make one signal. */
export interface AttackEvent {
  /** Which of the format's {@link InputFormat.attacks} it counts for. */
  readonly attack: string
  /** The peer that the program itself saw, as it wrote it. Never what a client names. */
  readonly address: string
  /** Epoch milliseconds. */
  readonly at: number
  /** How often it happened, where one record tells of several. Default: 1. */
  readonly times?: number
  /** What is counted once by a rule that counts different things. Default: all events differ. */
  readonly distinct?: string
  /** Details by the names of the hub's contexts: `target_user`, `service`, … */
  readonly details?: Readonly<Record<string, string | undefined>>
  /** The line it was read from, where it is not the one that was given last. */
  readonly line?: number
}

/** An attack that the source counted itself: one record, one signal. */
export interface WholeAttack {
  readonly scenario: string
  /** An address or a range. */
  readonly address: string
  /** Epoch milliseconds. */
  readonly startAt: number
  readonly stopAt: number
  readonly events: number
  /**
   * What makes it the same attack when it is read again: its id at the source, else all that tells
   * it from others.
   */
  readonly identity: string
  readonly uuid?: string
  readonly message?: string
  readonly scenarioHash?: string
  readonly scenarioVersion?: string
  readonly scenarioTrust?: string
  readonly details?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly line?: number
}

/** What a line tells, or why it cannot be told. */
export type Reading =
  | { readonly event: AttackEvent }
  | { readonly whole: WholeAttack }
  /** A signal as it goes on the wire, uuid and all. */
  | { readonly signal: Signal; readonly line?: number }
  | { readonly refused: string; readonly line?: number }

/** Reads one input, line after line. */
export interface FormatReader {
  /**
   * What is certain now, of this line or of earlier ones: nothing, if the line is understood and
   * tells of no attack. `undefined` if it is no record of this format; one that should have been
   * one is refused instead.
   */
  read(line: string, number: number): readonly Reading[] | undefined
  /**
   * Nothing that is still to come happened before `at`, epoch milliseconds: what need not be held
   * back any longer.
   */
  advance?(at: number): readonly Reading[]
  /** The input is over: what was held back. */
  end?(): readonly Reading[]
  /**
   * What it knows from earlier lines, as JSON: `open` gets it back after a restart. Absent where
   * each line stands for itself.
   */
  save?(): unknown
  /** Events cut short because too much was open at once. */
  readonly dropped?: number
  /** Rules that its mapping brings, beside those of the format. */
  readonly attacks?: Readonly<Record<string, AttackRule>>
}

/** One way in which attacks are written down. */
export interface InputFormat {
  /** What makes an attack, by the names that its events bear. */
  readonly attacks: Readonly<Record<string, AttackRule>>
  /** What is as long as this, in UTF-16 units, is refused. Default: 65,536. */
  readonly longestLine?: number
  open(context: ReadContext, saved?: unknown): FormatReader
}
