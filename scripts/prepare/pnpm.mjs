import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'

/**
 * Runs the pnpm that started this process; npx's, if there is none.
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function pnpm(args, options) {
  const running = process.env.npm_execpath ?? ''
  if (!basename(running).startsWith('pnpm')) return spawnSync('npx', ['-y', 'pnpm@12', ...args], options)
  if (/\.[cm]?js$/.test(running)) return spawnSync(process.execPath, [running, ...args], options)
  return spawnSync(running, args, options)
}
