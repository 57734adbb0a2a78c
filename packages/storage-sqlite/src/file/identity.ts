import { type BigIntStats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** What tells a file from all others, whatever they are named. */
export type Identity = Pick<BigIntStats, 'dev' | 'ino'>

export const keyOf = ({ dev, ino }: Identity) => `${dev}:${ino}`

/** The bytes of what lies at a path, or undefined where that is not the file. Does one call to the system. */
export function sizeIfAt(path: string, file: Identity): number | undefined {
  const found = statsAt(path)
  return found?.ino === file.ino && found.dev === file.dev ? Number(found.size) : undefined
}

/** What lies at a path now; undefined where nothing does. */
export function statsAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

export async function statOrNothing(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
