import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory that is soon full. */
export interface SmallDisk {
  readonly path: string
  /** Makes it as large as this, e.g. to let a store go on. */
  grow(megabytes: number): void
  remove(): void
}

/** Mounts one, or says why this machine does not let us: that takes root. */
export function mountSmallDisk(megabytes: number): { disk: SmallDisk } | { disk?: never; refused: string } {
  const path = mkdtempSync(join(tmpdir(), 'cscapi-small-disk-'))
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'cscapi-test', path], { stdio: 'pipe' })
  try {
    mount(`size=${megabytes}m`)
  } catch (error) {
    rmSync(path, { recursive: true })
    return { refused: error instanceof Error ? error.message : String(error) }
  }
  // The servers of the tests run as `nobody` where the tests run as root.
  chownSync(path, 65_534, 65_534)
  return {
    disk: {
      path,
      grow: (size) => mount(`remount,size=${size}m`),
      remove() {
        execFileSync('umount', ['-l', path], { stdio: 'pipe' })
        rmSync(path, { recursive: true })
      },
    },
  }
}
