import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/cscapi-npm-clients', import.meta.url))
const CLIENTS = ['@crowdsec/nodejs-bouncer@0.2.0', 'crowdsec-client@1.2.0']

/** Imports a client as its users do: installed, unmodified, in a folder of its own. */
export async function npmClient(name: string): Promise<Record<string, unknown>> {
  if (!existsSync(join(CACHE, 'node_modules', name))) {
    mkdirSync(CACHE, { recursive: true })
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', CACHE, ...CLIENTS]
    await promisify(execFile)('npm', args)
  }
  const path = createRequire(join(CACHE, 'from-here.js')).resolve(name)
  return import(/* @vite-ignore */ pathToFileURL(path).href)
}
