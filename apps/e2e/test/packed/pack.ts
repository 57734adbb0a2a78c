import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type WorkspacePackage, workspacePackages } from '../workspace.js'

/**
 * Packs the named packages and all workspace packages they depend on, as they would be published.
 * Returns the tarballs' paths.
 */
export function packWithDependencies(names: readonly string[], destination: string): string[] {
  const wanted = closure(names)
  for (const { folder } of wanted) pnpm(['pack', '--pack-destination', destination], folder)
  return readdirSync(destination)
    .filter((file) => file.endsWith('.tgz'))
    .map((file) => join(destination, file))
}

function closure(names: readonly string[]): WorkspacePackage[] {
  const all = new Map(workspacePackages().map((entry) => [entry.manifest.name, entry]))
  const found = new Map<string, WorkspacePackage>()
  const visit = (name: string) => {
    const entry = all.get(name)
    if (entry === undefined || found.has(name)) return
    found.set(name, entry)
    for (const dependency of Object.keys(entry.manifest.dependencies ?? {})) visit(dependency)
  }
  for (const name of names) visit(name)
  return [...found.values()]
}

/**
 * The pnpm that runs these tests; npx's, when they were started without one. npm would leave
 * `workspace:` in the tarballs.
 */
function pnpm(args: readonly string[], cwd: string): void {
  const running = process.env.npm_execpath
  const options = { cwd, stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }
  if (running === undefined || !basename(running).startsWith('pnpm')) {
    execFileSync('npx', ['-y', 'pnpm@12', ...args], options)
  } else if (/\.[cm]?js$/.test(running)) {
    execFileSync(process.execPath, [running, ...args], options)
  } else {
    execFileSync(running, args, options)
  }
}
