import { setTimeout } from 'node:timers/promises'
import { isCscapiError } from '@cscapi/client'
import type { Cli } from '../cli.js'

const WAIT_MS = 5_000

/**
 * Does it again while the store is away, or busy, or full: what was read is held until it is
 * stored. `undefined` when the program ends before.
 */
export async function storedAtLast<T>(cli: Cli, file: string, store: () => Promise<T>): Promise<T | undefined> {
  let told = ''
  for (;;) {
    try {
      return await store()
    } catch (error) {
      if (!isCscapiError(error) || !error.retryable) throw error
      // Once for each reason, however long it takes.
      if (error.code !== told) cli.terminal.tell(`${file}: waits for the store: ${error.message}`)
      told = error.code
    }
    try {
      await setTimeout(WAIT_MS, undefined, { signal: cli.signal })
    } catch {
      return undefined
    }
  }
}
