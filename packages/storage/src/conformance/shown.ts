import { inspect } from 'node:util'
import type { Storage } from '../port.js'

/**
 * Everything that may end in a log when a storage is made, looked at, opened and closed: the text
 * of the storage and of every error, with causes and stacks. For tests that no secret is in it.
 */
export async function shownOf(make: () => Storage): Promise<string> {
  const shown: string[] = []
  try {
    const storage = make()
    shown.push(textOf(storage))
    await storage.open().catch((error: unknown) => shown.push(textOf(error)))
    await storage.close()
  } catch (error) {
    shown.push(textOf(error))
  }
  return shown.join('\n')
}

function textOf(value: unknown): string {
  const texts = [inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }), JSON.stringify(value)]
  for (let at = value; at instanceof Error; at = at.cause) texts.push(String(at), at.stack ?? '')
  return texts.join('\n')
}
