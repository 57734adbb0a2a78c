import {
  FREE_ACCOUNT_LOGIN_BUDGET,
  getJsonState,
  LoginBudget,
  type Machine,
  type PauseReason,
  readPause,
  stateKeys,
} from '@cscapi/core'
import type { QueueStats, Storage } from '@cscapi/storage'
import * as z from 'zod'

/** How many failing machines are named; the others are counted. */
const MOST_NAMED = 10

/** What a store shows to whoever only looks. All times are milliseconds; ages count back from now. */
export interface Status {
  readonly storage: string
  /** The base URL that the store belongs to; `undefined` for one that was never used. */
  readonly environment: string | undefined
  readonly queue: QueueStats
  readonly failing: readonly FailingMachine[]
  readonly pause:
    | { readonly reason: PauseReason; readonly message: string | undefined; readonly endsInMs: number }
    | undefined
  /** Of the budget of a free account. */
  readonly loginsLeft: number
  readonly blocklist: BlocklistStatus
}

/** One machine that CAPI refuses for now. */
export interface FailingMachine {
  readonly machineId: string
  readonly reason: string
  readonly message: string | undefined
  readonly sinceMs: number
  readonly retryInMs: number
}

interface BlocklistStatus {
  /** Whether one was ever pulled. */
  readonly pulled: boolean
  /** Before that, a pull asks for nothing. `undefined` where the last one is longer ago than that. */
  readonly nextPullInMs: number | undefined
  /** The lists that it links to, by kind and name. */
  readonly lists: readonly string[]
}

/** What is needed of the pointer to the blocklist; a list's key begins with its kind. */
const pointerSchema = z.object({ lists: z.record(z.string(), z.unknown()).default({}) })

/** Reads, and changes nothing: the store may be in use. */
export async function readStatus(storage: Storage): Promise<Status> {
  const [queue, pause, environment, failing, loginsLeft, blocklist] = [
    await storage.stats(),
    await readPause(storage),
    await storage.getState(stateKeys.environment),
    await storage.listMachines({ failing: true, limit: MOST_NAMED }),
    await loginBudgetOf(storage).left(),
    await blocklistOf(storage),
  ]
  return {
    storage: storage.name,
    environment: environment && new TextDecoder().decode(environment.value),
    queue,
    failing: failing.machines.flatMap(failingOf),
    pause: pause && { reason: pause.reason, message: pause.message, endsInMs: pause.remainingMs },
    loginsLeft,
    blocklist,
  }
}

function failingOf({ machineId, failing }: Machine): FailingMachine[] {
  if (failing === undefined) return []
  const { reason, message, sinceMs, retryInMs } = failing
  return [{ machineId, reason, message, sinceMs, retryInMs }]
}

const loginBudgetOf = (store: Storage) =>
  new LoginBudget({ store, budget: FREE_ACCOUNT_LOGIN_BUDGET, timeoutMs: 30_000, random: () => 0 })

async function blocklistOf(storage: Storage): Promise<BlocklistStatus> {
  const pointer = await getJsonState(storage, stateKeys.snapshot, pointerSchema)
  const last = await storage.getState(stateKeys.pulled)
  return {
    pulled: pointer !== undefined,
    nextPullInMs: last?.expiresInMs,
    lists: Object.keys(pointer?.value?.lists ?? {}).sort(),
  }
}
