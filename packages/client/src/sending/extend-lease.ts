import type { Clock } from '@cscapi/core'
import type { SignalLease, Storage } from '@cscapi/storage'

/** Holds a lease while its signals are being sent, unless another worker gets it. */
export class HeldLease {
  readonly #storage: Pick<Storage, 'extend'>
  readonly #lease: SignalLease
  readonly #clock: Pick<Clock, 'now'>
  readonly #leaseMs: number
  #since: number
  #isLost = false

  constructor(
    storage: Pick<Storage, 'extend'>,
    lease: SignalLease,
    { clock, leaseMs }: { readonly clock: Pick<Clock, 'now'>; readonly leaseMs: number },
  ) {
    this.#storage = storage
    this.#lease = lease
    this.#clock = clock
    this.#leaseMs = leaseMs
    this.#since = clock.now()
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /**
   * Extends the lease once half of it is over, or when a clock that was set back does not say.
   * False when it is lost.
   */
  async extendIfDue(): Promise<boolean> {
    const heldMs = this.#clock.now() - this.#since
    if (heldMs >= 0 && heldMs < this.#leaseMs / 2) return !this.#isLost
    this.#since = this.#clock.now()
    this.#isLost = !(await this.#storage.extend(this.#lease, this.#leaseMs))
    return !this.#isLost
  }
}
