import type { OpenStore } from '../open-store.js'

/** Keys that a server looks at in one step, and machines that are read at once. */
const STEP = 1_000

/**
 * Reads every partition that the servers hold, and every one that the index knows of, and reports
 * it with a new version.
 */
export async function repairIndex(store: OpenStore): Promise<void> {
  for (const server of store.connection.masters) {
    for (let cursor = ''; cursor !== '0'; ) {
      const [next, keys] = await store.connection.scan(server, cursor || '0', store.keys.everyQueue, STEP)
      await reportAnew(
        store,
        keys.map((key) => store.keys.machineOf(key)),
      )
      cursor = next
    }
  }
  for (let after = '', isMore = true; isMore; ) {
    const ids = await store.index.idsAfter('ids', after, STEP)
    await reportAnew(store, ids)
    isMore = ids.length === STEP
    after = ids.at(-1) ?? after
  }
}

async function reportAnew(store: OpenStore, machineIds: readonly string[]): Promise<void> {
  const summaries = await Promise.all(machineIds.map((machineId) => store.summarize(machineId)))
  await store.index.report(summaries, undefined, (machineId) => store.summarize(machineId))
}
