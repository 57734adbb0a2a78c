import type { DecisionStream } from '@cscapi/core'
import { callForMachine } from '../calling/call-for-machine.js'
import type { ClientContext } from '../context.js'

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
   * Ask for everything. A server may otherwise answer with what changed since its last answer to
   * this machine, whoever took that one; `pullDecisions` asks so by itself where the store holds no
   * blocklist. Default false.
   */
  readonly startup?: boolean
  readonly signal?: AbortSignal
}

/** One pull of the stream, for one machine. */
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
