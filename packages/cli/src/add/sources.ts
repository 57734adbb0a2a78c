import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { UsageError } from '../ending.js'

/** Something that is read to its end: a file, or standard input. */
export interface Source {
  /** As messages name it. */
  readonly name: string
  open(): Readable
}

/** What `-` names, and no file at all. */
const STANDARD_INPUT = '-'

/**
 * The files that are named, each of which can be read; standard input where none is.
 *
 * @throws UsageError for one that cannot be read, before any is.
 */
export async function sourcesOf(files: readonly string[]): Promise<Source[]> {
  const names = files.length === 0 ? [STANDARD_INPUT] : files
  if (names.includes(STANDARD_INPUT) && process.stdin.isTTY) {
    throw new UsageError(
      'Nothing comes from standard input, which is this terminal: name a file, pipe one in (… | cscapi add), or give one signal with --ip and --scenario',
    )
  }
  for (const name of names) if (name !== STANDARD_INPUT) await assertReadable(name)
  return names.map((name) =>
    name === STANDARD_INPUT
      ? { name: 'standard input', open: () => process.stdin }
      : { name, open: () => createReadStream(name) },
  )
}

async function assertReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') throw new UsageError(`${file} does not exist`)
    throw new UsageError(`${file} cannot be read (${code}): run as a user who may, or add yourself to the file's group`)
  }
  if ((await stat(file)).isDirectory()) throw new UsageError(`${file} is a folder: name the files in it`)
}
