/** What a call costs, in microseconds: of processor time, and by the clock. */
export interface Cost {
  readonly cpuUs: number
  readonly wallUs: number
}

/**
 * Calls so often, one after the other, and gives the mean cost of a call. What was made before is
 * collected beforehand, and what the calls leave behind is theirs.
 */
export async function costOf(times: number, call: (time: number) => unknown): Promise<Cost> {
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (let time = 0; time < times; time += 1) await call(time)
  const wallUs = ((performance.now() - started) * 1_000) / times
  const { user, system } = process.cpuUsage(cpu)
  return { cpuUs: (user + system) / times, wallUs }
}

/** The same for a list that is worked off once: each item is seen by one call. */
export function costOfEach<T>(items: readonly T[], call: (item: T) => unknown): Promise<Cost> {
  return costOf(items.length, (time) => {
    const item = items[time]
    if (item === undefined) throw new Error('There are no more items')
    return call(item)
  })
}
