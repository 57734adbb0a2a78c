import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { workspaceRoot } from '../workspace.js'

/** A project outside the workspace, as a user's would be. */
export class EmptyProject {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'cscapi-packed-')))
  readonly modules = join(this.folder, 'node_modules')

  constructor() {
    this.write('package.json', JSON.stringify({ name: 'acme-sensor', private: true, type: 'module' }))
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  /** Installs packages, by tarball or by name, without running scripts of theirs. */
  install(packages: readonly string[]): void {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
    execFileSync('npm', ['install', '--prefix', this.folder, ...flags, ...packages], {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }

  /**
   * Node's types as a user would have them; taken from the workspace, so after the footprint was
   * measured.
   */
  addNodeTypes(): void {
    const types = realpathSync(join(workspaceRoot, 'node_modules', '@types', 'node'))
    cpSync(types, join(this.modules, '@types', 'node'), { recursive: true })
    const undici = dirname(createRequire(join(types, 'package.json')).resolve('undici-types/package.json'))
    cpSync(undici, join(this.modules, 'undici-types'), { recursive: true })
  }

  /**
   * Runs a file of the project and returns what it printed, parsed. Asynchronously: the emulator
   * answers from this process.
   */
  async node(file: string, env: Record<string, string>): Promise<unknown> {
    return JSON.parse(await this.#run(file, [], { ...process.env, ...env }))
  }

  /**
   * Compiles the project with the workspace's TypeScript; a type error is thrown with what tsc
   * printed.
   */
  async tsc(config: string): Promise<void> {
    await this.#run(join(workspaceRoot, 'node_modules', 'typescript', 'bin', 'tsc'), ['-p', config], process.env)
  }

  async #run(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const child = spawn(process.execPath, [file, ...args], { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    // Node shows the source line of an uncaught error, and one line of a bundle may be megabytes
    // long.
    const shown = `${out}${err}`.split('\n').filter((line) => line.length < 2000)
    if (code !== 0) throw new Error([`${file} ended with ${code}`, ...shown].join('\n'))
    return out
  }

  /** Paths below node_modules, relative to it. */
  installedFiles(): string[] {
    return readdirSync(this.modules, { recursive: true, encoding: 'utf8' })
  }

  /**
   * The named packages and all that they depend on, without `except` and what only those bring.
   * None lies twice in the project.
   */
  closure(names: readonly string[], except: ReadonlySet<string>): Set<string> {
    const found = new Set<string>()
    const visit = (name: string) => {
      if (except.has(name) || found.has(name)) return
      found.add(name)
      const text = readFileSync(join(this.modules, name, 'package.json'), 'utf8')
      const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> }
      for (const dependency of Object.keys(dependencies)) visit(dependency)
    }
    for (const name of names) visit(name)
    return found
  }

  /** Bytes of everything installed; `counts` leaves paths out. */
  footprint(counts: (path: string) => boolean): number {
    return this.installedFiles()
      .filter(counts)
      .map((path) => statSync(join(this.modules, path)))
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + entry.size, 0)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** For Node 20, which has no SQLite of its own: one that needs no compiler. */
export const SQLITE_DRIVER = '@photostructure/sqlite@^2.6.0'
