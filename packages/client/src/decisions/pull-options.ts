import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'
import { scenariosSchema } from '../scenarios.js'

/**
 * CAPI asks for at least so long between two pulls, in milliseconds (docs/capi-protocol.md, What
 * nobody knows).
 */
export const PULL_EVERY_MS = 2 * 3_600_000

/** Options of {@link CapiClient.pullDecisions}. */
export interface PullOptions {
  /** Any machine of yours; it is registered and logged in if it has to be. */
  readonly machineId: string
  /** Pull although the last one, of any process, is less than 2 h ago. Default false. */
  readonly force?: boolean
  /**
   * What the blocklist is tailored to. Default: the client's scenarios. A token issued for fewer
   * costs one login.
   */
  readonly scenarios?: readonly string[]
  /** Ends the call with an `AbortedError`; nothing is changed then. */
  readonly signal?: AbortSignal
}

export const pullOptionsSchema = lazily(() =>
  z.strictObject({
    machineId: fields.machineId(),
    force: fields.flag(),
    scenarios: scenariosSchema().optional(),
    signal: fields.signal(),
  } satisfies Fields<PullOptions>),
)
