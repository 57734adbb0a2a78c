import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { InputError, lazily, parseJson, printable } from '@cscapi/signals'
import * as z from 'zod'
import type { Mark } from './fingerprint.js'
import type { PositionStore } from './state-store.js'

/** How far a log was read, as the store has it. */
export interface Position {
  readonly mark: Mark
  /** Lines given up to there. */
  readonly lines: number
  /** What the reader of a format had under way there. */
  readonly reader?: unknown
}

const positionSchema = lazily(() =>
  z.strictObject({
    mark: z.strictObject({
      dev: z.string(),
      ino: z.string(),
      offset: z.int().min(0),
      headLength: z.int().min(0).max(1_024),
      hash: z.string(),
      mtimeMs: z.number(),
    }),
    lines: z.int().min(0),
    reader: z.unknown().optional(),
  }),
)

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/** The position of one follower in a store. It is written only by whoever wrote it last. */
export class StoredPosition {
  readonly #store: PositionStore
  readonly #key: string
  #version = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: PositionStore, key: string) {
    this.#store = store
    this.#key = key
  }

  /**
   * `undefined` if there is none yet.
   * @throws InputError if what the store has under the key is no position
   */
  async read(): Promise<Position | undefined> {
    const stored = await this.#store.getState(this.#key)
    if (stored === undefined) return undefined
    this.#version = stored.version
    const parsed = positionSchema().safeParse(parseJson(await textOf(stored.value)))
    if (parsed.success) return parsed.data
    throw new InputError('The file was not followed', [
      {
        path: 'key',
        value: printable(this.#key),
        rule: 'must be the key of a position; what the store has there is none',
      },
    ])
  }

  /**
   * Writes one after the other.
   * @throws InputError if somebody else wrote it since: two must not follow one file under one key
   */
  async write(position: Position): Promise<void> {
    const written = this.#last.then(() => this.#write(position))
    this.#last = written.catch(() => {})
    await written
  }

  async #write(position: Position): Promise<void> {
    const value = await pack(JSON.stringify(position))
    const version = await this.#store.setState(this.#key, value, { ifVersion: this.#version })
    if (version !== undefined) {
      this.#version = version
      return
    }
    throw new InputError('The position was not stored', [
      {
        path: 'key',
        value: printable(this.#key),
        rule: 'must be of one follower alone: another one has moved this position; give each its own key',
      },
    ])
  }
}

async function textOf(value: Uint8Array): Promise<string> {
  try {
    return (await unpack(value)).toString()
  } catch {
    return ''
  }
}
