import * as module from 'node:module'
import { join } from 'node:path'
import * as z from 'zod'
import { platformFolders } from './settings/platform-folders.js'

/** The commands that go on, and check so much that it pays to compile how. */
const LONG_RUNNING: ReadonlySet<string> = new Set(['watch', 'run', 'import', 'local-api', 'emulator'])

/**
 * Makes a run cheap that is over at once, which is what others call once an attack. Call it before
 * the rest is loaded.
 */
export function startFast(argv: readonly string[]): void {
  if (!argv.some((word) => LONG_RUNNING.has(word))) z.config({ jitless: true })
  // Node 22.8 and later. In a folder of this user's: what others can write to, they could have us run.
  if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') {
    module.enableCompileCache(join(platformFolders(process.env).cache, 'compiled'))
  }
}
