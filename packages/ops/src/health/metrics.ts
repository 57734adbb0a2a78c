import { performance } from 'node:perf_hooks'
import type { BlocklistSources } from '@cscapi/client'
import type { OpsClient } from '../options.js'

/**
 * Gives the client's metrics with those of its process, in the Prometheus text format. A store that
 * does not answer leaves out what comes from it.
 */
export async function metricsText(client: OpsClient, viewers: number): Promise<string> {
  const [fromStore, blocklist] = await Promise.all([
    client.prometheus().catch(() => ''),
    client.blocklistSources().catch(() => undefined),
  ])
  const families = [
    gauge('cscapi_store_up', 'Whether the store answers.', fromStore === '' ? 0 : 1),
    gauge('cscapi_scheduler_running', 'Whether client.start() was called, and not stop().', client.isStarted() ? 1 : 0),
    ...blocklistFamilies(blocklist),
    gauge('cscapi_ops_viewers', 'Operations pages that are open.', viewers),
    ...processFamilies(),
  ]
  return fromStore + families.join('')
}

function blocklistFamilies(blocklist: BlocklistSources | undefined): string[] {
  if (blocklist === undefined) return []
  const sizeOf = (kind: string) =>
    blocklist.sources.filter((source) => source.kind === kind).reduce((sum, { size }) => sum + size, 0)
  const sizes = ['stream', 'blocklist', 'allowlist'].map((kind) => [`{kind="${kind}"}`, sizeOf(kind)] as const)
  const pulled = (blocklist.pulledAt ?? 0) / 1_000
  return [
    family('gauge', 'cscapi_blocklist_entries', 'Entries in force, by what they come from.', sizes),
    gauge(
      'cscapi_blocklist_pulled_timestamp_seconds',
      'When the blocklist was pulled last; 0 before the first.',
      pulled,
    ),
  ]
}

/** Under the names that every exporter gives them. */
function processFamilies(): string[] {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
  const { active, idle } = performance.eventLoopUtilization()
  return [
    counter('process_cpu_user_seconds_total', 'CPU time in user mode.', user / 1e6),
    counter('process_cpu_system_seconds_total', 'CPU time in the kernel.', system / 1e6),
    counter('process_cpu_seconds_total', 'CPU time of both.', (user + system) / 1e6),
    gauge('process_start_time_seconds', 'When the process began, since 1970.', performance.timeOrigin / 1_000),
    gauge('process_resident_memory_bytes', 'Memory of the process.', rss),
    gauge('nodejs_heap_size_used_bytes', 'Heap in use.', heapUsed),
    gauge('nodejs_heap_size_total_bytes', 'Heap that is reserved.', heapTotal),
    gauge('nodejs_external_memory_bytes', 'Memory of buffers.', external),
    counter('nodejs_eventloop_active_seconds_total', 'Time in which the event loop worked.', active / 1_000),
    counter('nodejs_eventloop_idle_seconds_total', 'Time in which the event loop waited.', idle / 1_000),
    family('gauge', 'nodejs_version_info', 'The version of Node.js.', [[`{version="${process.version}"}`, 1]]),
  ]
}

const gauge = (name: string, help: string, value: number) => family('gauge', name, help, [['', value]])
const counter = (name: string, help: string, value: number) => family('counter', name, help, [['', value]])

function family(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  samples: readonly (readonly [labels: string, value: number])[],
): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
