import type { Partitions } from '../partitions.js'

/** Keys that a server looks at in one step, and machines that are read at once. */
const STEP = 1_000

/**
 * Reads every partition that the servers hold, and every one that the index knows of, and reports
 * it with a new version.
 */
export async function repairIndex(partitions: Partitions): Promise<void> {
  for (const server of partitions.connection.masters) {
    for (let cursor = ''; cursor !== '0'; ) {
      const [next, keys] = await partitions.connection.scan(server, cursor || '0', partitions.keys.everyQueue, STEP)
      await reportAnew(
        partitions,
        keys.map((key) => partitions.keys.machineOf(key)),
      )
      cursor = next
    }
  }
  for (let after = '', isMore = true; isMore; ) {
    const ids = await partitions.index.idsAfter('ids', after, STEP)
    await reportAnew(partitions, ids)
    isMore = ids.length === STEP
    after = ids.at(-1) ?? after
  }
}

async function reportAnew(partitions: Partitions, machineIds: readonly string[]): Promise<void> {
  const summaries = await Promise.all(machineIds.map((machineId) => partitions.summarize(machineId)))
  await partitions.index.report(summaries, undefined, (machineId) => partitions.summarize(machineId))
}
