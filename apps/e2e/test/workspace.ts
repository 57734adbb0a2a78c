import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url))

/** What the tests read of a package.json. */
export interface PackageManifest {
  name: string
  private?: boolean
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  exports?: Record<string, unknown>
  'size-limit'?: readonly object[]
}

export interface WorkspacePackage {
  folder: string
  manifest: PackageManifest
}

/** Every package below packages/, published or not. */
export function workspacePackages(): WorkspacePackage[] {
  const parent = join(workspaceRoot, 'packages')
  return readdirSync(parent).flatMap((name) => {
    const folder = join(parent, name)
    try {
      return [{ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest }]
    } catch {
      return [] // a folder that a branch left behind
    }
  })
}
