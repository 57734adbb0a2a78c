import { readOptions } from '@cscapi/signals'
import type { RecordedRequest } from '../requests/recorded-request.js'
import { type Fault, type FaultHandle, faultSchema } from './fault.js'

class InjectedFault implements FaultHandle {
  readonly fault: Fault
  matched = 0
  hits = 0
  readonly #onRemove: (fault: InjectedFault) => void

  constructor(fault: Fault, onRemove: (fault: InjectedFault) => void) {
    this.fault = fault
    this.#onRemove = onRemove
  }

  get remaining(): number {
    return (this.fault.times ?? 1) - this.hits
  }

  remove(): void {
    this.#onRemove(this)
  }

  /**
   * Tells whether this call is hit; if so, it is counted at once: concurrent calls cannot share the
   * last hit.
   */
  take(request: RecordedRequest, random: () => number): boolean {
    if (this.remaining <= 0 || !matches(this.fault, request)) return false
    this.matched += 1
    const { skip = 0, every = 1, probability = 1 } = this.fault
    const turn = this.matched - skip
    if (turn <= 0 || turn % every !== 0) return false
    if (probability < 1 && random() >= probability) return false
    this.hits += 1
    return true
  }
}

/**
 * The faults under way. A call is offered to them in the order of their injection; the first that
 * hits it is the only one.
 */
export class Faults {
  #faults: InjectedFault[] = []
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /**
   * Makes matching calls go wrong from now on.
   *
   * @throws InputError when a field is unknown or out of its range.
   */
  inject(fault: Fault): FaultHandle {
    readOptions('faults.inject', faultSchema, fault)
    const injected = new InjectedFault(fault, (removed) => {
      this.#faults = this.#faults.filter((other) => other !== removed)
    })
    this.#faults.push(injected)
    return injected
  }

  /** Ends all faults. */
  clear(): void {
    this.#faults = []
  }

  /** @internal */
  take(request: RecordedRequest): Fault | undefined {
    return this.#faults.find((injected) => injected.take(request, this.#random))?.fault
  }
}

function matches({ route = '*', machineId, when }: Fault, request: RecordedRequest): boolean {
  const onRoute = typeof route === 'string' ? route === '*' || route === request.route : route.includes(request.route)
  return onRoute && (machineId === undefined || machineId === request.machineId) && (when?.(request) ?? true)
}
