import { existsSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpackDebianPackages } from './debian-packages.js'
import { withFileLock } from './file-lock.js'

/** A program to run, with what it needs in its environment. */
export interface Binary {
  readonly command: string
  readonly env?: NodeJS.ProcessEnv
}

export interface DebianProgram {
  /** As on `PATH`; the first one that is there is taken. */
  readonly names: readonly string[]
  /** Those of Debian and Ubuntu that bring it. */
  readonly packages: readonly string[]
  /** Where they have it, e.g. `usr/sbin/nginx`. */
  readonly path: string
  /** What else helps where it cannot be had, for the error. */
  readonly otherwise?: string
}

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/cscapi-test-servers', import.meta.url))

/** Gives the first program of these names on `PATH`. */
export function onPath(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/**
 * Gives the program of this machine; else Debian's or Ubuntu's, unpacked below `cache` once for all
 * test processes. Nothing is installed on the system.
 * @throws Error that says what to install
 */
export async function debianBinary(program: DebianProgram, cache: string = CACHE): Promise<Binary> {
  const { names, packages, otherwise } = program
  const installed = onPath(...names)
  if (installed !== undefined) return { command: installed }
  const name = String(packages[0])
  const root = join(cache, name)
  try {
    const found = unpacked(root, program.path)
    if (found !== undefined) return found
    await withFileLock(join(cache, `${name}.lock`), async () => {
      if (unpacked(root, program.path) === undefined) await unpackDebianPackages(packages, root)
    })
    const brought = unpacked(root, program.path)
    if (brought === undefined) throw new Error(`the packages hold no ${program.path} (unpacked in ${root})`)
    return brought
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 1_000) : String(error)
    throw new Error(
      `There is no ${names.join(' or ')} on PATH, and Debian's could not be fetched: ${why}\nInstall ${name} (apt-get install ${name})${otherwise === undefined ? '' : `, or ${otherwise}`}.`,
    )
  }
}

function unpacked(root: string, path: string): Binary | undefined {
  const command = join(root, path)
  if (!existsSync(command)) return undefined
  const libraries = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.so(\.|$)/.test(name))
  const folders = new Set(libraries.map((name) => dirname(join(root, name))))
  return { command, env: { LD_LIBRARY_PATH: [...folders].join(delimiter) } }
}
