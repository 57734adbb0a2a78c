import { AbortedError, type FailingReason, type Machine, readTokenClaims, turn } from '@cscapi/core'
import { unlessAborted } from '../calling/abort.js'
import type { ClientContext } from '../context.js'

export interface MachinesFilter {
  /** Only those that are failing, or only those that are not. Default: all. */
  readonly failing?: boolean
  readonly signal?: AbortSignal
}

/** A machine as an operator sees it: no password, no token. Instants are epoch milliseconds. */
export interface MachineInfo {
  readonly machineId: string
  /** CAPI has answered a register call, or a login, with 2xx. */
  readonly registered: boolean
  /** `undefined` unless CAPI refuses the machine, which is then left alone until `retryAt`. */
  readonly failing:
    | {
        readonly reason: FailingReason
        /** CAPI's message, if any. */
        readonly message: string | undefined
        /** How often in a row; the wait doubles with it. */
        readonly count: number
        readonly since: number
        readonly retryAt: number
      }
    | undefined
  /** 401 answers in a row that a fresh login did not cure; with the third the machine fails. */
  readonly authFailures: number
  /** `undefined` before the first login. */
  readonly token:
    | {
        /** Past once it has expired; `undefined` when CAPI did not say. */
        readonly expiresAt: number | undefined
        /** Those of the login that issued it. */
        readonly scenarios: readonly string[]
      }
    | undefined
  /**
   * Whether the token says that the machine belongs to a console account: shows in the first token
   * after the enrolment was accepted there. `undefined` without a token.
   */
  readonly enrolled: boolean | undefined
  /** As the token has it: `COMMUNITY`, `SECOPS`, `ENTERPRISE`. */
  readonly subscriptionType: string | undefined
}

const LISTING = 'Listing machines'

/** In order of id, read in pages. */
export async function* listMachines(
  { storage, options }: ClientContext,
  { failing, signal }: MachinesFilter,
): AsyncGenerator<MachineInfo, void, undefined> {
  let after: string | undefined
  do {
    const filter = { ...(failing !== undefined && { failing }), ...(after !== undefined && { after }) }
    const page = await unlessAborted(LISTING, signal, () => storage.listMachines(filter))
    const now = options.clock.now()
    for (const machine of page.machines) {
      if (signal?.aborted) throw new AbortedError(LISTING)
      yield infoOf(machine, now)
    }
    after = page.next
  } while (after !== undefined)
}

/** Gives failing machines, these or all, another chance at once. Returns how many were failing. */
export async function reviveMachines(
  context: ClientContext,
  machineIds: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<number> {
  let revived = 0
  const ids = machineIds ?? failingIds(context)
  for await (const machineId of ids) {
    if (signal.aborted) throw new AbortedError('Reviving machines', { report: { count: revived } })
    await turn()
    const machine = await context.storage.getMachine(machineId)
    if (machine?.failing === undefined) continue
    await context.storage.updateMachine(machineId, { failing: null, authFailures: 0 })
    revived += 1
  }
  return revived
}

const SLICE = 100

/** Forgets machines with their credentials and all their signals. */
export async function deleteMachines(
  { storage }: ClientContext,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0
  for (let start = 0; start < ids.length; start += SLICE) {
    if (signal.aborted) throw new AbortedError('Deleting machines', { report: { count: deleted } })
    await turn()
    deleted += await storage.deleteMachines(ids.slice(start, start + SLICE))
  }
  return deleted
}

async function* failingIds(context: ClientContext): AsyncGenerator<string, void, undefined> {
  for await (const { machineId } of listMachines(context, { failing: true })) yield machineId
}

function infoOf({ machineId, registered, failing, authFailures, token }: Machine, now: number): MachineInfo {
  const claims = token === undefined ? undefined : readTokenClaims(token.value)
  return {
    machineId,
    registered,
    failing: failing && {
      reason: failing.reason,
      message: failing.message,
      count: failing.count,
      since: now - failing.sinceMs,
      retryAt: now + failing.retryInMs,
    },
    authFailures,
    token: token && {
      expiresAt: token.expiresInMs === undefined ? undefined : now + token.expiresInMs,
      scenarios: token.scenarios,
    },
    enrolled: claims && claims.organizationId !== undefined,
    subscriptionType: printableWord(claims?.subscriptionType),
  }
}

/** A claim is outside data: what is no plain word is not shown. */
function printableWord(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w-]{1,64}$/.test(text) ? text : undefined
}
