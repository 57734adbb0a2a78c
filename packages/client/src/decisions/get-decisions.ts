import type { DecisionStream } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { callForMachine } from '../calling/call-for-machine.js'
import { type Fields, fields } from '../calling/read-call.js'
import type { ClientContext } from '../context.js'
import { scenariosSchema } from '../scenarios.js'

/** Options of {@link CapiClient.getDecisions}. */
export interface GetDecisionsOptions {
  /** Any machine of yours; it is registered and logged in if it has to be. */
  readonly machineId: string
  /**
   * What the blocklist is tailored to. Default: the client's scenarios. A token issued for fewer
   * costs one login.
   */
  readonly scenarios?: readonly string[]
  /** Include the community blocklist. Default true. */
  readonly communityPull?: boolean
  /** Include the links to further blocklists. Default true. */
  readonly additionalPull?: boolean
  /**
   * Ask for everything. Otherwise a server may answer with what changed since its last answer to
   * this machine. `pullDecisions` sets it by itself if the store holds no blocklist. Default false.
   */
  readonly startup?: boolean
  /** Ends the call with an `AbortedError`. */
  readonly signal?: AbortSignal
}

export const getDecisionsSchema = lazily(() =>
  z.strictObject({
    machineId: fields.machineId(),
    scenarios: scenariosSchema().optional(),
    communityPull: fields.flag(),
    additionalPull: fields.flag(),
    startup: fields.flag(),
    signal: fields.signal(),
  } satisfies Fields<GetDecisionsOptions>),
)

/** Pulls the stream once, for one machine. */
export async function getDecisions(
  context: ClientContext,
  {
    machineId,
    scenarios = context.options.scenarios,
    communityPull,
    additionalPull,
    startup,
    signal,
  }: GetDecisionsOptions,
): Promise<DecisionStream> {
  return callForMachine(context, { machineId, endpoint: 'decisions', scenarios, signal }, (token) =>
    context.capi.pullDecisions({ token, communityPull, additionalPull, startup }, { signal, machineId }),
  )
}
