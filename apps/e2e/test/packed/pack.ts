import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm } from '../../../../scripts/prepare/pnpm.mjs'
import { type WorkspacePackage, workspacePackages } from '../workspace.js'

/**
 * Packs the named packages and all workspace packages they depend on, as they would be published.
 * Returns the tarballs' paths.
 */
export function packWithDependencies(names: readonly string[], destination: string): string[] {
  const wanted = closure(names)
  for (const { folder } of wanted) pack(folder, destination)
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

/** By pnpm: npm would leave `workspace:` in the tarballs. */
function pack(folder: string, destination: string): void {
  const { status, stderr } = pnpm(['pack', '--pack-destination', destination], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`pnpm pack failed in ${folder}: ${stderr}`)
}
