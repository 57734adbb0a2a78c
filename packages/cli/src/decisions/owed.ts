import { existsSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Whether a command has still to be run for the file as it is: noted beside the file before that is
 * changed, so that neither a crash nor a command that fails leaves the old one in force.
 */
export class Owed {
  readonly #path: string

  constructor(file: string) {
    this.#path = join(dirname(file), `.${basename(file)}.not-loaded`)
  }

  isNoted(): boolean {
    return existsSync(this.#path)
  }

  async note(): Promise<void> {
    const file = await open(this.#path, 'w', 0o600)
    await file.sync()
    await file.close()
  }

  async clear(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}
