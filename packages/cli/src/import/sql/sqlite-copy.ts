import { constants, existsSync } from 'node:fs'
import { copyFile, mkdtemp, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CscapiError } from '@cscapi/core'

/** What a database consists of; `-shm` is made again from these. */
const PARTS = ['', '-wal', '-journal']
const TRIES = 5

export interface DatabaseCopy {
  readonly path: string
  remove(): Promise<void>
}

/**
 * Copies a database, with the log or journal beside it, into a folder that only this user can read.
 * Whatever opens a database with a log, read-only too, makes files beside it: so the original is not
 * opened at all.
 *
 * @throws CscapiError `source_busy` when somebody writes to it all the time
 */
export async function copyDatabase(path: string): Promise<DatabaseCopy> {
  const original = await realpath(path)
  const folder = await mkdtemp(join(tmpdir(), 'cscapi-import-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const before = await stateOf(original)
      for (const part of PARTS) await copyPart(original + part, join(folder, `source.db${part}`))
      if ((await stateOf(original)) === before) return { path: join(folder, 'source.db'), remove }
    }
  } catch (error) {
    await remove()
    throw error
  }
  await remove()
  const message = `${path} is being written to: stop the program that uses it, and import again`
  throw new CscapiError('source_busy', message, { retryable: true })
}

async function copyPart(from: string, to: string): Promise<void> {
  await rm(to, { force: true })
  if (existsSync(from)) await copyFile(from, to, constants.COPYFILE_FICLONE)
}

/** Changes whenever a part is written, comes or goes. */
async function stateOf(path: string): Promise<string> {
  const states = PARTS.map(async (part) => {
    const found = await stat(path + part, { bigint: true }).catch(() => undefined)
    return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`
  })
  return (await Promise.all(states)).join('\n')
}
