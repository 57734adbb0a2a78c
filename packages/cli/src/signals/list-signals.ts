import { pages } from '@cscapi/core'
import { parseJson, type Signal, signalSchema } from '@cscapi/signals'
import type { SignalStatus, StoredSignal } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { openToRead } from '../client/store.js'
import { table } from '../output/table.js'
import { ago } from '../output/times.js'

interface ListFlags {
  readonly status?: SignalStatus
  readonly machine?: string
  readonly olderThan?: number
  readonly limit: number
}

/** Lists signals: what attacked, what it did, and where the signal is on its way. */
export async function listSignals(cli: Cli, flags: ListFlags): Promise<void> {
  await list(cli, flags, ['status', 'age', 'source', 'scenario', 'machine', 'uuid'], (stored, signal) => [
    stored.status,
    ago(stored.ageMs),
    ...whatOf(signal),
    stored.machineId,
    stored.uuid,
  ])
}

/** Lists what CAPI refused for good, and why. */
export async function listRejected(cli: Cli, flags: Omit<ListFlags, 'status'>): Promise<void> {
  const head = ['rejected', 'reason', 'source', 'scenario', 'machine', 'uuid']
  await list(cli, { ...flags, status: 'rejected' }, head, (stored, signal) => [
    ago(stored.ageMs),
    `${stored.httpStatus ?? ''} ${stored.reason ?? ''}`.trim(),
    ...whatOf(signal),
    stored.machineId,
    stored.uuid,
  ])
}

/** Prints rejected signals as they were refused, one a line. */
export const exportSignals = (cli: Cli, { machine }: { readonly machine?: string }) =>
  printPayloads(cli, { status: 'rejected', machine, limit: Number.POSITIVE_INFINITY })

/** Prints what waits, to the byte as it leaves. */
export const previewPending = (cli: Cli, limit: number) => printPayloads(cli, { status: 'pending', limit })

async function printPayloads(cli: Cli, wanted: Wanted): Promise<void> {
  for await (const { payload } of stored(cli, wanted)) {
    // Payloads of ours have no line feed; another program's might.
    cli.terminal.write(`${/[\r\n]/.test(payload) ? JSON.stringify(parseJson(payload) ?? payload) : payload}\n`)
    await cli.terminal.drained()
  }
}

async function list(
  cli: Cli,
  flags: ListFlags,
  head: readonly string[],
  rowOf: (stored: StoredSignal, signal: Signal | undefined) => string[],
): Promise<void> {
  const rows: string[][] = []
  let hasMore = false
  let listed = 0
  for await (const one of stored(cli, { ...flags, limit: flags.limit + 1 })) {
    hasMore = listed === flags.limit
    if (hasMore) break
    listed += 1
    if (cli.json) {
      cli.terminal.json(jsonOf(one))
      await cli.terminal.drained()
    } else rows.push(rowOf(one, readSignal(one.payload)))
  }
  if (!cli.json && rows.length > 0) table(cli.terminal, head, rows)
  if (!cli.json && rows.length === 0) cli.terminal.tell('There are none')
  if (hasMore) cli.terminal.tell(`There are more: these are the first ${flags.limit} (--limit)`)
}

interface Wanted extends Omit<ListFlags, 'machine'> {
  readonly machine?: string | undefined
}

async function* stored(cli: Cli, { status, machine, olderThan, limit }: Wanted): AsyncGenerator<StoredSignal> {
  const storage = await openToRead(cli)
  const filter = {
    ...(status !== undefined && { status }),
    ...(machine !== undefined && { machineId: machine }),
    ...(olderThan !== undefined && { olderThanMs: olderThan }),
  }
  let left = limit
  try {
    for await (const page of pages((from) => storage.listSignals(filter, from))) {
      for (const one of page.signals) {
        cli.signal.throwIfAborted()
        if (left <= 0 || cli.terminal.closed) return
        left -= 1
        yield one
      }
    }
  } finally {
    await storage.close()
  }
}

function jsonOf({ machineId, uuid, status, ageMs, reason, httpStatus, payload }: StoredSignal) {
  return { machineId, uuid, status, ageMs, reason, httpStatus, signal: parseJson(payload) ?? payload }
}

function readSignal(payload: string): Signal | undefined {
  const parsed = signalSchema.safeParse(parseJson(payload))
  return parsed.success ? parsed.data : undefined
}

const whatOf = (signal: Signal | undefined) =>
  signal === undefined ? ['unreadable', ''] : [`${signal.source.value}`, signal.scenario]
