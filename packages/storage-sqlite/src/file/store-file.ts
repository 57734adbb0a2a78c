import { type BigIntStats, rmSync, statSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { corruptError, movedError, sqliteError } from '../errors.js'

/** An open connection, as others of this process see it. */
export interface Neighbour {
  readonly isInPlace: () => boolean
  /** Lets go of files that are not in place, as soon as nothing is under way. */
  readonly look: () => void
}

interface HeldFile {
  readonly handles: FileHandle[]
  readonly neighbours: Set<Neighbour>
  users: number
}

const NEIGHBOURS_MS = 5_000
const LOOK_MS = 2

/**
 * Closing any handle of a file takes all locks from this process that it has on that file, SQLite's
 * too, and other processes would take its log for theirs. So all connections share what was opened,
 * and it is closed after the last of them.
 */
const heldFiles = new Map<string, HeldFile>()

const keyOf = ({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>) => `${dev}:${ino}`

/**
 * The file that a path named at a certain moment, open for reading; made, for its owner alone,
 * where there was none.
 */
export class StoreFile {
  readonly handle: FileHandle
  readonly #key: string

  private constructor(handle: FileHandle, key: string) {
    this.handle = handle
    this.#key = key
  }

  /** @throws StorageError, and what the file system throws */
  static async hold(path: string): Promise<StoreFile> {
    const found = await statOrNothing(path)
    if (found === undefined) await refuseOrphan(path)
    // A pipe would keep us waiting, a device swallow what is written.
    else if (!found.isFile()) {
      const message = `open failed on ${path}: that is no file; choose another path`
      throw sqliteError('storage_unavailable', 'open', message, found.isDirectory() ? 'EISDIR' : undefined, false)
    }
    const known = found && heldFiles.get(keyOf(found))?.handles[0]
    return StoreFile.#share(known ?? (await open(path, 'a+', 0o600)), known !== undefined)
  }

  /** One of SQLite's own files, which must be there. @throws what the file system throws */
  static async holdCompanion(path: string): Promise<StoreFile> {
    const known = heldFiles.get(keyOf(await stat(path, { bigint: true })))?.handles[0]
    return StoreFile.#share(known ?? (await open(path, 'r')), known !== undefined)
  }

  static async #share(handle: FileHandle, isKnown: boolean): Promise<StoreFile> {
    const key = keyOf(await handle.stat({ bigint: true }))
    const held = heldFiles.get(key) ?? { handles: [], neighbours: new Set(), users: 0 }
    heldFiles.set(key, held)
    if (!isKnown) held.handles.push(handle)
    held.users += 1
    return new StoreFile(handle, key)
  }

  /** Whether the path names this file. */
  isAt(path: string): boolean {
    return identityOf(path) === this.#key
  }

  /**
   * SQLite has one index of the log for all connections of a process: one that was opened beside
   * another whose log is gone would write by that one's index.
   * @throws StorageError
   */
  async withoutStrays(path: string): Promise<void> {
    const strays = () => [...(heldFiles.get(this.#key)?.neighbours ?? [])].filter((other) => !other.isInPlace())
    for (const stray of strays()) stray.look()
    const deadline = performance.now() + NEIGHBOURS_MS
    while (strays().length > 0) {
      if (performance.now() > deadline) throw movedError('open', path)
      await sleep(LOOK_MS)
    }
  }

  /** Tells others of this process who uses the file, until what is returned is called. */
  join(neighbour: Neighbour): () => void {
    const neighbours = heldFiles.get(this.#key)?.neighbours
    neighbours?.add(neighbour)
    return () => void neighbours?.delete(neighbour)
  }

  /** After SQLite has closed it. */
  async release(): Promise<void> {
    const held = heldFiles.get(this.#key)
    if (held === undefined) return
    held.users -= 1
    if (held.users > 0) return
    heldFiles.delete(this.#key)
    await Promise.all(held.handles.map((handle) => handle.close()))
  }
}

/**
 * SQLite's own files beside an open database: with one deleted, what is written is lost as it is
 * with the database deleted.
 */
export class Companions {
  readonly #files: readonly { path: string; was: string | undefined }[]

  constructor(opened: string) {
    this.#files = [`${opened}-wal`, `${opened}-shm`].map((path) => ({ path, was: identityOf(path) }))
  }

  areInPlace(): boolean {
    return this.#files.every(({ path, was }) => identityOf(path) === was)
  }

  /** Nobody who opens the path from now on may take them for those of what lies there now. */
  remove(): void {
    for (const { path, was } of this.#files) if (was !== undefined && identityOf(path) === was) rmSync(path)
  }
}

function identityOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found && keyOf(found)
  } catch {
    return undefined
  }
}

async function statOrNothing(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * SQLite would delete the log that it finds beside a new file, and with it what only the log has.
 */
async function refuseOrphan(path: string): Promise<void> {
  const log = await statOrNothing(`${path}-wal`)
  if (log === undefined || log.size === 0n) return
  // Another process may have made both since the file was looked for.
  if ((await statOrNothing(path)) !== undefined) return
  const advice = `put the store back that ${path}-wal belongs to, or delete that too`
  throw corruptError(path, `it is not there, but its log is: ${advice}`)
}
