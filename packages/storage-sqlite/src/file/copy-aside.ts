import { constants, existsSync, statSync } from 'node:fs'
import { chmod, copyFile, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a database consists of; `-shm` is made again from these. */
const PARTS = ['', '-wal', '-journal']
const TRIES = 5

/** A database as it was at one moment, in a folder that only this user can read. */
export interface FileCopy {
  readonly path: string
  /** Whether the original is still what was copied. */
  isLatest(): boolean
  remove(): Promise<void>
}

/**
 * Copies a database, with the log or journal beside it. Whatever opens a database with a log,
 * read-only too, makes files beside it: so an original that must stay as it is is not opened at all.
 *
 * `undefined` if somebody writes to it all the time. @throws what the file system throws
 */
export async function copyAside(path: string): Promise<FileCopy | undefined> {
  const original = await realpath(path)
  const folder = await mkdtemp(join(tmpdir(), 'cscapi-copy-'))
  const copy = join(folder, 'copy.db')
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const before = stateOf(original)
      for (const part of PARTS) await copyPart(original + part, copy + part)
      if (stateOf(original) !== before) continue
      return { path: copy, isLatest: () => stateOf(original) === before, remove }
    }
  } catch (error) {
    await remove()
    throw error
  }
  await remove()
  return undefined
}

async function copyPart(from: string, to: string): Promise<void> {
  await rm(to, { force: true })
  if (!existsSync(from)) return
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, 0o600)
}

/** Changes whenever a part is written, comes or goes. */
function stateOf(path: string): string {
  const states = PARTS.map((part) => {
    const found = statSync(path + part, { bigint: true, throwIfNoEntry: false })
    return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`
  })
  return states.join('\n')
}
