import { type FileHandle, open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StorageError } from '@cscapi/core'
import { corruptError, movedError, sqliteError } from '../errors.js'
import { type Identity, keyOf, sizeIfAt, statOrNothing } from './identity.js'

/** An open connection, as others of this process see it. */
export interface Neighbour {
  readonly isInPlace: () => boolean
  /** Lets go of files that are not in place, as soon as nothing is under way. */
  readonly look: () => void
}

interface HeldFile {
  readonly handles: FileHandle[]
  readonly neighbours: Set<Neighbour>
  /** What opened it with SQLite; its own files have none. */
  readonly driver: string | undefined
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

/**
 * The file that a path named at a certain moment, open for reading; made, for its owner alone,
 * where there was none.
 */
export class StoreFile {
  readonly handle: FileHandle
  readonly #identity: Identity
  readonly #key: string

  private constructor(handle: FileHandle, identity: Identity) {
    this.handle = handle
    this.#identity = identity
    this.#key = keyOf(identity)
  }

  /**
   * `driver` names the library that SQLite's locks are taken with; what is only read is not made.
   * @throws StorageError, and what the file system throws
   */
  static async hold(path: string, driver: string, { readOnly = false } = {}): Promise<StoreFile> {
    const found = await statOrNothing(path)
    if (found === undefined && readOnly) {
      const message = `open failed on ${path}: there is no store, and with readOnly none is made`
      throw sqliteError('storage_unavailable', 'open', message, 'ENOENT', false)
    }
    if (found === undefined) await refuseOrphan(path)
    // A pipe would keep us waiting, a device swallow what is written.
    else if (!found.isFile()) {
      const message = `open failed on ${path}: that is no file; choose another path`
      throw sqliteError('storage_unavailable', 'open', message, found.isDirectory() ? 'EISDIR' : undefined, false)
    }
    const known = found && heldFiles.get(keyOf(found))?.handles[0]
    return StoreFile.#share(
      path,
      known ?? (await open(path, readOnly ? 'r' : 'a+', 0o600)),
      known !== undefined,
      driver,
    )
  }

  /** One of SQLite's own files, which must be there. @throws what the file system throws */
  static async holdCompanion(path: string): Promise<StoreFile> {
    const known = heldFiles.get(keyOf(await stat(path, { bigint: true })))?.handles[0]
    return StoreFile.#share(path, known ?? (await open(path, 'r')), known !== undefined)
  }

  static async #share(path: string, handle: FileHandle, isKnown: boolean, driver?: string): Promise<StoreFile> {
    const { dev, ino } = await handle.stat({ bigint: true })
    const key = keyOf({ dev, ino })
    const held = heldFiles.get(key) ?? { handles: [], neighbours: new Set(), driver, users: 0 }
    heldFiles.set(key, held)
    if (!isKnown) held.handles.push(handle)
    if (held.driver !== driver) throw twoDriversError(path, driver, held.driver)
    held.users += 1
    return new StoreFile(handle, { dev, ino })
  }

  /** The bytes of this file, where the path names it; undefined where it does not. */
  sizeAt(path: string): number | undefined {
    return sizeIfAt(path, this.#identity)
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

/** The system keeps locks of one process apart from nobody in it, and each library knows only its own. */
function twoDriversError(path: string, driver: string | undefined, other: string | undefined): StorageError {
  const message = `open failed on ${path}: this process has it open with ${other}, and two SQLite libraries in one process do not see each other’s locks; give both storages the same driver instead of ${driver}`
  return sqliteError('storage_unavailable', 'open', message, undefined, false)
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
