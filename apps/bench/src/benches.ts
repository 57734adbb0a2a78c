import type { Bench } from './frame/bench.js'

/**
 * Every bench by its name; loaded when it is asked for, so that no process has what it does not
 * measure.
 */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  signals: async () => (await import('./create-signal.js')).createSignals,
  start: async () => ({ figures: async ({ folder }) => (await import('./start.js')).sqliteStart(folder) }),
  cli: async () => (await import('./cli-add.js')).cliAdd,
  'sqlite-operations': async () => (await import('./store-operations.js')).sqliteOperations,
  'enqueue-sqlite': async () => (await import('./sqlite-enqueue.js')).sqliteEnqueue,
  'disk-sqlite': async () => (await import('./sqlite-disk.js')).sqliteDisk,
  'enqueue-redis': async () => (await import('./server-enqueue.js')).redisEnqueue,
  'enqueue-postgres': async () => (await import('./server-enqueue.js')).postgresEnqueue,
  'redis-operations': async () => (await import('./store-operations.js')).redisOperations,
  'postgres-operations': async () => (await import('./store-operations.js')).postgresOperations,
  'disk-postgres': async () => (await import('./postgres-disk.js')).postgresDisk,
  post: async () => (await import('./post.js')).postSignals,
  send: async () => (await import('./send.js')).send,
  'send-latency': async () => (await import('./send-latency.js')).sendLatency,
  backlog: async () => (await import('./backlog.js')).backlog,
  fleet: async () => (await import('./fleet.js')).fleet,
  'whole-way': async () => (await import('./whole-way.js')).wholeWay,
  memory: async () => (await import('./peak-memory.js')).peakMemory,
  quiet: async () => (await import('./quiet.js')).quiet,
  decisions: async () => (await import('./decisions.js')).decisions,
  'local-api': async () => (await import('./local-api.js')).localApi,
  ops: async () => (await import('./ops.js')).ops,
  import: async () => (await import('./import.js')).imports,
}
