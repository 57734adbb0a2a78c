import { stat } from 'node:fs/promises'
import type { Mark } from './fingerprint.js'
import { OpenLog } from './open-log.js'
import type { RotatedLog } from './rotated-names.js'

/** A file as its name finds it now. */
export interface LiveLog extends RotatedLog {
  readonly size: number
}

/** `undefined` if there is none. @throws any other error of the file system */
export async function liveLog(path: string): Promise<LiveLog | undefined> {
  try {
    const { dev, ino, mtimeNs, size } = await stat(path, { bigint: true })
    return { path, dev: `${dev}`, ino: `${ino}`, mtimeMs: Number(mtimeNs) / 1e6, size: Number(size) }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** A name that leads to nothing: also where a folder is missing, or a file stands in its place. */
function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}

export function isSameFile(a: { dev: string; ino: string }, b: { dev: string; ino: string }): boolean {
  return a.dev === b.dev && a.ino === b.ino
}

/**
 * Opens the file that a mark was made of, at the mark: whatever it is called now, copied or packed.
 * The one of the same number on the disk is tried first, then the others from the youngest on, as
 * what was read last is seldom old. `undefined` if none is it.
 *
 * @throws why one could not be read, if none of the others is it
 */
export async function findLog(mark: Mark, files: readonly RotatedLog[]): Promise<OpenLog | undefined> {
  // Nothing was read of it, and nothing stood in it: any file could be it.
  if (mark.headLength === 0) return undefined
  const youngestFirst = files.toReversed()
  const first = youngestFirst.filter((file) => isSameFile(file, mark))
  let failed: { readonly error: unknown } | undefined
  for (const { path } of [...first, ...youngestFirst.filter((file) => !first.includes(file))]) {
    try {
      const log = await OpenLog.openAt(path, mark)
      if (log !== undefined) return log
    } catch (error) {
      if (!isMissing(error)) failed ??= { error }
    }
  }
  if (failed !== undefined) throw failed.error
  return undefined
}
