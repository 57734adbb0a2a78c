import type { CapiClient } from '@cscapi/client'
import type { Signal } from '@cscapi/signals'
import { MemoryStorage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { isThere, openToRead } from '../client/store.js'
import { boundEnvironment, createClient } from '../client/use-client.js'
import { EXIT } from '../exit-codes.js'

/** Signals that are previewed in one go. */
const AT_ONCE = 1_000

/** Prints the exact JSON that would leave, one signal a line; stores nothing. */
export async function printPreview(cli: Cli, signals: Iterable<Signal> | AsyncIterable<Signal>): Promise<void> {
  const client = await previewClient(cli)
  try {
    let slice: Signal[] = []
    for await (const signal of signals) {
      if (cli.terminal.closed) return
      slice.push(signal)
      if (slice.length < AT_ONCE) continue
      await print(cli, client, slice)
      slice = []
    }
    await print(cli, client, slice)
  } finally {
    await client.close()
  }
}

/** A client that knows what was added lately; all else that decides stands in the settings. */
async function previewClient(cli: Cli): Promise<CapiClient> {
  const { dedup, environment } = await cli.settings()
  const needsStore = dedup !== undefined && (await isThere(cli))
  if (needsStore || environment === undefined) {
    const storage = await openToRead(cli)
    const bound = await boundEnvironment(storage)
    // Nothing is sent: it is the store's own environment that its records are of.
    if (bound !== undefined) return createClient(cli, 'look', storage, bound)
    await storage.close()
  }
  return createClient(cli, 'look', new MemoryStorage())
}

async function print(cli: Cli, client: CapiClient, signals: readonly Signal[]): Promise<void> {
  if (signals.length === 0) return
  const preview = await client.preview(signals, { signal: cli.signal })
  for (const { json } of preview.signals) cli.terminal.write(`${json}\n`)
  for (const { detail } of preview.filtered) cli.terminal.tell(`cscapi: would be left out: ${detail}`)
  if (preview.filtered.length > 0) cli.exitWith(EXIT.findings)
  await cli.terminal.drained()
}
