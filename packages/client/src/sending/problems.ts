import { CapiResponseError, type CscapiError, LoginBudgetError, type Pause } from '@cscapi/core'
import { cut, textOf } from '../observing/error-text.js'
import type { Problem } from './send-report.js'

/**
 * Kinds that are told apart, and how many of them may be dead letters, whose text is CAPI's. The
 * rest is summed up as `other`.
 */
const MAX_KINDS = 20
const MAX_REFUSALS = 10
const MAX_KEY = 500

interface Kind {
  readonly code: string
  readonly message: string
  readonly machines: Set<string>
  count: number
}

/**
 * Sums up what went wrong in one run, by kind: the code, the endpoint and what matters beside, but
 * never the machine.
 */
export class Problems {
  readonly #kinds = new Map<string, Kind>()
  #refusals = 0
  #others: Kind | undefined

  /** `count` signals of a machine were put back because of an error. */
  putBack(error: CscapiError, machineId: string, count: number): void {
    this.#add({ key: keyOf(error, machineId), code: error.code, message: textOf(error, machineId) }, count, machineId)
  }

  /** `count` signals of a machine became dead letters. */
  rejected(error: CscapiError, machineId: string, count: number): void {
    const said = error instanceof CapiResponseError ? (error.serverMessage ?? '') : ''
    const key = `rejected ${keyOf(error, machineId)} ${withoutNumbers(said.replaceAll(machineId, ''))}`
    const isNew = !this.#kinds.has(key)
    if (isNew && this.#refusals >= MAX_REFUSALS) {
      this.#addOther(count, machineId)
      return
    }
    if (isNew) this.#refusals += 1
    const message = `${textOf(error, machineId)}; what is refused is kept: client.rejectedSignals() shows it`
    this.#add({ key, code: error.code, message }, count, machineId)
  }

  /** `count` signals were lost to another worker while this one had them. */
  leaseLost(machineId: string, count: number): void {
    const message =
      'Sending took longer than leaseMs, and another worker has taken the signals over: they may be sent twice, with the same uuids; if it goes on, raise leaseMs'
    this.#add({ key: 'lease_lost', code: 'lease_lost', message }, count, machineId)
  }

  /** A pause keeps the run from going on. */
  paused({ reason, message, remainingMs }: Pause): void {
    const minutes = Math.ceil(remainingMs / 60_000)
    const said = message === undefined ? 'without a message' : message
    const text = `The store is paused (${reason}: ${said}): every process of it waits for another ${minutes} min, then call again`
    this.#add({ key: `paused ${reason}`, code: reason, message: text }, 1)
  }

  /** `count` signals wait in the store although nothing keeps the run from sending. */
  notDue(count: number): void {
    const message =
      'Not due yet: put back earlier, kept for a machine that is failing, or being sent by another process; try again later, and look at client.machines({ failing: true })'
    this.#add({ key: 'not_due', code: 'not_due', message }, count)
  }

  /** The call that shows whether a ban is over got no answer. */
  unprobed(): void {
    const message =
      'One call has to show that a ban is over before anything else leaves, and it got no answer; check the connection and try again later'
    this.#add({ key: 'unprobed', code: 'network_error', message }, 1)
  }

  list(): Problem[] {
    const kinds = [...this.#kinds.values(), ...(this.#others === undefined ? [] : [this.#others])]
    return kinds.map(({ code, message, count, machines }) => ({ code, message, count, machines: machines.size }))
  }

  #add(kind: { key: string; code: string; message: string }, count: number, machineId?: string): void {
    const known = this.#kinds.get(kind.key)
    if (known === undefined && this.#kinds.size >= MAX_KINDS) {
      this.#addOther(count, machineId)
      return
    }
    const { code, message } = kind
    const entry = known ?? { code, message: cut(message), count: 0, machines: new Set() }
    this.#kinds.set(kind.key, entry)
    raise(entry, count, machineId)
  }

  #addOther(count: number, machineId?: string): void {
    const message = 'More kinds of trouble than are told apart here; the events of the client have each of them'
    this.#others ??= { code: 'other', message, count: 0, machines: new Set() }
    raise(this.#others, count, machineId)
  }
}

function raise(kind: Kind, count: number, machineId: string | undefined): void {
  kind.count += count
  if (machineId !== undefined) kind.machines.add(machineId)
}

/**
 * Errors of answers differ by what the server says, and waits by their minutes: neither makes a
 * kind of its own. The text of the others is ours, and says what matters.
 */
function keyOf(error: CscapiError, machineId: string): string {
  if (error instanceof CapiResponseError) return `${error.code} ${error.endpoint} ${error.status}`
  return error instanceof LoginBudgetError ? error.code : `${error.code} ${textOf(error, machineId)}`
}

function withoutNumbers(text: string): string {
  return text.replace(/[\w-]*\d[\w.:-]*/g, '#').slice(0, MAX_KEY)
}
