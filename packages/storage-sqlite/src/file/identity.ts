import { type BigIntStats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Tells files apart, whatever they are named. */
export const keyOf = ({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>) => `${dev}:${ino}`

/** The key of what lies at a path now; undefined where nothing does. */
export function identityOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found && keyOf(found)
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
