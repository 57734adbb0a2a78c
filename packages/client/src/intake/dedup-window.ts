import { turn } from '@cscapi/core'

/** Bytes of a hashed key: enough that nobody finds two sources with the same one. */
const KEY_BYTES = 12
const ENTRY_BYTES = KEY_BYTES + 4
/** Keys remembered at most, 1.6 MB in the store; the oldest are forgotten first. */
const MOST_KEYS = 100_000
/** What is read or written in a few milliseconds. */
const BYTES_PER_TURN = 5_000 * ENTRY_BYTES

/**
 * Remembers what was added lately, by hashed key (16 base64url characters), and when, in epoch
 * milliseconds of this host; only ages leave it, so that hosts whose clocks differ can share what
 * they know.
 */
export class DedupWindow {
  readonly #windowMs: number
  readonly #addedAt = new Map<string, number>()
  /** Being stored at this moment: known here, but not yet worth telling others. */
  readonly #claimed = new Set<string>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  has(key: string, now: number): boolean {
    if (this.#claimed.has(key)) return true
    const at = this.#addedAt.get(key)
    return at !== undefined && this.#isRecent(at, now)
  }

  claim(keys: Iterable<string>): void {
    for (const key of keys) this.#claimed.add(key)
  }

  /** What was claimed could not be stored. */
  release(keys: Iterable<string>): void {
    for (const key of keys) this.#claimed.delete(key)
  }

  /** What was claimed is stored. */
  confirm(keys: Iterable<string>, now: number): void {
    for (const key of keys) {
      this.#claimed.delete(key)
      this.#note(key, now)
    }
  }

  /** Takes over what {@link toBytes} gave `ageMs` ago. Bytes that it never gave are passed over. */
  async merge(bytes: Uint8Array, ageMs: number, now: number): Promise<void> {
    if (bytes.byteLength % ENTRY_BYTES !== 0) return
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let offset = 0; offset < buffer.length; offset += ENTRY_BYTES) {
      if (offset > 0 && offset % BYTES_PER_TURN === 0) await turn()
      const key = buffer.toString('base64url', offset, offset + KEY_BYTES)
      const at = now - ageMs - buffer.readUInt32LE(offset + KEY_BYTES)
      if (this.#isRecent(at, now) && !(at <= (this.#addedAt.get(key) ?? Number.NEGATIVE_INFINITY))) this.#note(key, at)
    }
  }

  /**
   * Gives every key with its age. Forgets what is out of the window, and the oldest of what is too
   * much.
   */
  async toBytes(now: number): Promise<Uint8Array> {
    this.#forget(now)
    const entries = [...this.#addedAt]
    const buffer = Buffer.alloc(entries.length * ENTRY_BYTES)
    let offset = 0
    for (const [key, at] of entries) {
      if (offset > 0 && offset % BYTES_PER_TURN === 0) await turn()
      buffer.write(key, offset, KEY_BYTES, 'base64url')
      buffer.writeUInt32LE(now - at, offset + KEY_BYTES)
      offset += ENTRY_BYTES
    }
    return buffer
  }

  #note(key: string, at: number): void {
    this.#addedAt.set(key, at)
  }

  #forget(now: number): void {
    for (const [key, at] of this.#addedAt) if (!this.#isRecent(at, now)) this.#addedAt.delete(key)
    const tooMany = this.#addedAt.size - MOST_KEYS
    if (tooMany <= 0) return
    const oldestFirst = [...this.#addedAt].sort(([, a], [, b]) => a - b)
    for (const [key] of oldestFirst.slice(0, tooMany)) this.#addedAt.delete(key)
  }

  /**
   * A clock that was set back makes a moment later than now: forgotten, since a repeat does less
   * harm than silence.
   */
  #isRecent(at: number, now: number): boolean {
    return at <= now && now - at < this.#windowMs
  }
}
