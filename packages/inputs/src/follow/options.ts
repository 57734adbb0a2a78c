import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { lazily, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { FollowClock, PositionStore } from './state-store.js'
import type { FollowTrouble } from './trouble.js'

/** How a file is followed. */
export interface FollowOptions {
  /** Where the position is kept: any storage of cscapi. */
  readonly store: PositionStore
  /** What cannot be read, or is lost; following goes on. */
  readonly onTrouble: (trouble: FollowTrouble) => void
  /** Ends it: the lines stop coming, and nothing is thrown. */
  readonly signal?: AbortSignal | undefined
  /**
   * The name of the position in the store, up to 200 characters. Default: one drawn from the path;
   * two who follow one file need two.
   */
  readonly key?: string | undefined
  /** How often it is looked at the file, in milliseconds. Default: 1,000. */
  readonly pollMs?: number | undefined
  /** Where to begin while there is no position. Default: `start`, of the current file. */
  readonly from?: 'start' | 'end' | undefined
  /** `end`: stop at the end of what is there. Default: `aborted`, go on until `signal` fires. */
  readonly until?: 'aborted' | 'end' | undefined
  /**
   * With `until: 'end'`: give a last line that has no line end, too. What is written behind it
   * later is a line of its own. Default: `false`.
   */
  readonly halfLine?: boolean | undefined
  /** UTF-16 units; of a longer line only so much is given. Default: 65,536. */
  readonly longestLine?: number | undefined
  /** Where time comes from. Default: the host's. */
  readonly clock?: FollowClock | undefined
}

/** Options, read and completed. */
export type ReadFollowOptions = Complete<Omit<FollowOptions, 'signal'>> & {
  readonly path: string
  readonly signal: AbortSignal | undefined
}

type Complete<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> }

const clockOfHost: FollowClock = {
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, signal && { signal }),
}

const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown) =>
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')

const STORE_RULE = 'must have the methods getState and setState, as every storage has'
const followSchema = lazily(() =>
  z.strictObject({
    store: z.custom<PositionStore>(hasMethods('getState', 'setState'), STORE_RULE),
    onTrouble: z.custom<FollowOptions['onTrouble']>((value) => typeof value === 'function', 'must be a function'),
    signal: z.instanceof(AbortSignal).optional(),
    key: z.string().min(1).max(200).optional(),
    pollMs: z.int().min(10).max(3_600_000).default(1_000),
    from: z.enum(['start', 'end']).default('start'),
    until: z.enum(['aborted', 'end']).default('aborted'),
    halfLine: z.boolean().default(false),
    longestLine: z.int().min(1).max(16_777_216).default(65_536),
    clock: z
      .custom<FollowClock>(hasMethods('now', 'sleep'), 'must have the methods now and sleep')
      .default(clockOfHost),
  }),
)
const pathSchema = lazily(() => z.string().min(1))

const ALIASES = new Map([
  ['state', 'store'],
  ['storage', 'store'],
  ['interval', 'pollMs, in milliseconds'],
  ['poll', 'pollMs, in milliseconds'],
  ['abort', 'signal'],
  ['onError', 'onTrouble'],
  ['onWarning', 'onTrouble'],
])

/** @throws InputError that names everything that is wrong */
export function readFollowOptions(path: string, given: FollowOptions): ReadFollowOptions {
  const file = readOptions('The file cannot be followed', pathSchema(), path, { root: 'path' })
  const options = readOptions('The file cannot be followed', followSchema(), given, { aliases: ALIASES })
  const { key = `follow:${createHash('sha256').update(resolve(file)).digest('base64url')}`, signal } = options
  return { ...options, path: file, key, signal }
}
