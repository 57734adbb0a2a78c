import type { SpawnSyncOptions, SpawnSyncReturns } from 'node:child_process'

/** See pnpm.mjs. */
export function pnpm(args: readonly string[], options?: SpawnSyncOptions): SpawnSyncReturns<string | Buffer>
