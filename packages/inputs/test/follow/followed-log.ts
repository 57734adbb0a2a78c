import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

/** A log in a folder of its own, and what a program and logrotate do with it. */
export class WrittenLog {
  readonly folder: string
  readonly path: string

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'cscapi-follow-'))
    this.path = join(this.folder, 'app.log')
  }

  static ofTest(): WrittenLog {
    const log = new WrittenLog()
    onTestFinished(() => log.remove())
    return log
  }

  append(text: string): void {
    appendFileSync(this.path, text)
  }

  create(): void {
    writeFileSync(this.path, '')
  }

  rename(): void {
    this.#makeRoom()
    if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`)
  }

  copyAndTruncate(): void {
    if (!existsSync(this.path)) return
    this.#makeRoom()
    copyFileSync(this.path, `${this.path}.1`)
    truncateSync(this.path)
  }

  /** As logrotate does: the packed file has the time of the one it was made of. */
  pack(): void {
    for (const name of this.#older().filter((older) => !older.endsWith('.gz'))) {
      const file = join(this.folder, name)
      const { atime, mtime } = statSync(file)
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)))
      utimesSync(`${file}.gz`, atime, mtime)
      unlinkSync(file)
    }
  }

  /** Cuts off the end of a file. */
  damage(name: string): void {
    const file = join(this.folder, name)
    truncateSync(file, statSync(file).size - 8)
  }

  replaceFolder(): void {
    renameSync(this.folder, `${this.folder}.old`)
    mkdirSync(this.folder)
  }

  remove(): void {
    for (const folder of [this.folder, `${this.folder}.old`]) rmSync(folder, { recursive: true, force: true })
  }

  #makeRoom(): void {
    const numbered = this.#older().map((name) => ({ name, number: Number(/\.(\d+)/.exec(name)?.[1]) }))
    for (const { name, number } of numbered.sort((a, b) => b.number - a.number))
      renameSync(join(this.folder, name), join(this.folder, name.replace(/\.\d+/, `.${number + 1}`)))
  }

  #older(): string[] {
    return readdirSync(this.folder).filter((name) => /^app\.log\.\d+/.test(name))
  }
}
