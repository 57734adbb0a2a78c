import { functionSchema, milliseconds } from '@cscapi/core'
import { ADDRESS_RULE, parseAddress } from '@cscapi/signals'
import * as z from 'zod'
import type { WhenFull } from './backpressure.js'
import type { DedupOptions } from './dedup.js'
import type { Redact } from './redact-context.js'

/** The options that act in `addSignals`, before a signal is stored. */
export interface IntakeOptions {
  /**
   * Let private, loopback, link-local, multicast, unspecified, carrier-shared and reserved
   * addresses leave. Default false: their signals are left out and counted.
   */
  readonly allowPrivate?: boolean
  /**
   * Addresses and CIDR ranges of yours; signals about them, or about a range that holds one of
   * them, are left out and counted. Default none.
   */
  readonly neverReport?: readonly string[]
  /**
   * Called with key and value of every context entry: returns the value that may leave, or
   * `undefined` to drop the entry. Default: all leave as they are.
   */
  readonly redact?: Redact
  /** Leave out repeats. Default: none is left out. */
  readonly dedup?: DedupOptions
  /** Signals that may wait in the store, those being sent included. Default: no bound. */
  readonly maxPending?: number
  /**
   * `'reject'` throws a `QueueFullError` and stores nothing, `'drop-oldest'` deletes the oldest
   * pending signals. Default `'reject'`.
   */
  readonly whenFull?: WhenFull
}

const networkSchema = z.string().refine((text) => parseAddress(text) !== undefined, ADDRESS_RULE)

export const intakeSettings = {
  allowPrivate: z.boolean().default(false),
  neverReport: z.array(networkSchema).default([]),
  redact: functionSchema<Redact>().optional(),
  dedup: z
    .strictObject({
      by: z.array(z.enum(['source', 'scenario', 'machine'])).min(1),
      windowMs: milliseconds,
    })
    .optional(),
  maxPending: z.int().min(1).optional(),
  whenFull: z.enum(['reject', 'drop-oldest']).default('reject'),
} as const

type WithoutDefault = 'redact' | 'dedup' | 'maxPending'

/** {@link IntakeOptions} with every default filled in. */
export type ResolvedIntakeOptions = Required<Omit<IntakeOptions, WithoutDefault>> & {
  readonly [Name in WithoutDefault]?: IntakeOptions[Name] | undefined
}
