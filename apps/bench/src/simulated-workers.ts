/** What workers do, told the simulated time in milliseconds. */
export interface Work<Job> {
  /** The next job, or `undefined` when there is none. */
  readonly take: (nowMs: number) => Promise<Job | undefined>
  readonly finish: (job: Job, nowMs: number) => Promise<void>
}

/**
 * Workers on a clock of their own: a job lasts as long as the next of a row of latencies says, and
 * no real time. All that happens at one simulated moment really happens at once; what is later
 * waits for it.
 */
export class SimulatedWorkers<Job> {
  readonly #count: number
  readonly #latenciesMs: readonly number[]
  /** Jobs that are being done, by the moment at which they are. */
  readonly #ends = new Map<number, Job[]>()
  #started = 0

  constructor(count: number, latenciesMs: readonly number[]) {
    this.#count = count
    this.#latenciesMs = latenciesMs
  }

  /** Works until no worker has a job and there is none to take. */
  async run({ take, finish }: Work<Job>): Promise<void> {
    let idle = this.#count
    for (let nowMs = 0; ; nowMs = Math.min(...this.#ends.keys())) {
      const ended = this.#ends.get(nowMs) ?? []
      this.#ends.delete(nowMs)
      await Promise.all(ended.map((job) => finish(job, nowMs)))
      idle += ended.length
      const taken = await Promise.all(Array.from({ length: idle }, () => take(nowMs)))
      for (const job of taken) {
        if (job === undefined) continue
        idle -= 1
        this.#start(job, nowMs)
      }
      if (this.#ends.size === 0) return
    }
  }

  #start(job: Job, nowMs: number): void {
    // Steps through the row by a stride that shares no factor with its length, so that latencies
    // mix and a run can be repeated.
    const latencyMs = this.#latenciesMs[(this.#started * 3) % this.#latenciesMs.length] ?? 0
    this.#started += 1
    const endMs = nowMs + latencyMs
    const others = this.#ends.get(endMs)
    if (others === undefined) this.#ends.set(endMs, [job])
    else others.push(job)
  }
}
