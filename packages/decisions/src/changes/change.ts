import type { Contents } from '../contents/contents.js'
import type { Pace } from '../pacing/pace.js'
import type { Skipped } from './skipped.js'

/** What a change is made with. */
export interface Changing {
  /** Epoch milliseconds. */
  readonly now: number
  /** Whether entries are taken that would lock out their own users. */
  readonly allowWide: boolean
  /** Is told of each entry that is passed over. */
  readonly skipped: Skipped
  readonly pace: Pace
}

/** The contents of afterwards. */
export interface Change {
  readonly contents: Contents
  /** Entries. */
  readonly added: number
  readonly removed: number
}
