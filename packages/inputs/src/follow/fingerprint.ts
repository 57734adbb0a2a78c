import { createHash } from 'node:crypto'

/** Bytes at the beginning of a log, and in front of a position in it, that it is known again by. */
export const KNOWN_BY = 1_024

/** A place in one file of a log, and how to know the file again under another name. */
export interface Mark {
  /** Of the file that was read. Text, because they may be beyond what a number holds. */
  readonly dev: string
  readonly ino: string
  /** Bytes read, of what is unpacked where it is compressed. */
  readonly offset: number
  /** So many of the first bytes {@link Mark.hash} is drawn from. 0: nothing tells the file. */
  readonly headLength: number
  /** Of the first bytes and of those in front of the offset. */
  readonly hash: string
  /** When the file was written last, as seen then. Files written later are not read yet. */
  readonly mtimeMs: number
}

/** `head` has the first bytes of a log, `before` those that end at the offset. */
export function fingerprint(head: Uint8Array, before: Uint8Array): string {
  const hash = createHash('sha256').update(head.subarray(0, KNOWN_BY)).update('|')
  return hash.update(before.subarray(-KNOWN_BY)).digest('base64url')
}
