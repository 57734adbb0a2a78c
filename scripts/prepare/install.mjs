import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceFolders } from '../sources/exports.mjs'
import { cacheFolder, root } from './paths.mjs'
import { pnpm } from './pnpm.mjs'

/** What was installed last, and from what. */
const record = join(cacheFolder, 'installed.json')

/** The root has what the demo is bundled by; storage-sql is a part of two of its storages. */
const DEMO = ['--prod', ...['.', '@cscapi/example...', '@cscapi/storage-sql...'].map((name) => `--filter-prod=${name}`)]

/**
 * Installs what is missing: all that the workspace needs, or the small part that the demo does. A
 * workspace that is installed whole stays so.
 * @param {'all' | 'demo'} wanted
 * @param {(line: string) => void} say
 */
export function install(wanted, say) {
  const last = lastInstall()
  const part = wanted === 'demo' && last.part === 'demo' ? 'demo' : 'all'
  const from = fingerprint()
  if (last.part === part && last.from === from) return
  say(part === 'demo' ? 'Installing what the demo needs…' : 'Installing…')
  const { status, error } = pnpm(['install', ...(part === 'demo' ? DEMO : [])], {
    cwd: root,
    // A log that is piped in is the demo's.
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw new Error(`pnpm install failed: ${error?.message ?? 'what it says is above'}.`)
  mkdirSync(cacheFolder, { recursive: true })
  writeFileSync(record, JSON.stringify({ part, from }))
}

/** Whoever installed by hand left no record, and installed it whole. */
function lastInstall() {
  if (!existsSync(join(root, 'node_modules', '.modules.yaml'))) return { part: 'demo' }
  return existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : { part: 'all' }
}

/** Of all that says what is to be installed. */
function fingerprint() {
  const manifests = ['.', ...workspaceFolders].map((folder) => `${folder}/package.json`)
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests])
    hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}
