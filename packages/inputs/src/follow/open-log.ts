import { type FileHandle, open } from 'node:fs/promises'
import { fingerprint, KNOWN_BY, type Mark } from './fingerprint.js'
import { GzipBytes } from './gzip-bytes.js'
import { type LogBytes, PlainBytes, readAt } from './log-bytes.js'

const CHUNK = 65_536

/** A piece of a log, and what is needed to draw a mark of any place in it. */
export interface Chunk {
  readonly bytes: Buffer
  /** Where it begins. */
  readonly start: number
  /** The mark behind so many of its bytes. */
  readonly markAt: (length: number) => Mark
}

/** One file of a log, open: it stays the same whatever becomes of its name. */
export class OpenLog {
  readonly path: string
  readonly isCompressed: boolean
  readonly #file: FileHandle
  readonly #bytes: LogBytes
  #offset = 0
  #head: Buffer = Buffer.alloc(0)
  /** The bytes that end at the offset. */
  #before: Buffer = Buffer.alloc(0)
  #seen = { dev: '', ino: '', mtimeMs: 0, size: 0 }

  private constructor(path: string, file: FileHandle, isCompressed: boolean) {
    this.path = path
    this.isCompressed = isCompressed
    this.#file = file
    this.#bytes = isCompressed ? new GzipBytes(file) : new PlainBytes(file)
  }

  /** @throws the error of the file system; one for what is no file, too */
  static async open(path: string): Promise<OpenLog> {
    const file = await open(path, 'r')
    try {
      if (!(await file.stat()).isFile()) throw new Error(`${path} is no file`)
      const start = await readAt(file, 0, 2)
      const log = new OpenLog(path, file, start[0] === 0x1f && start[1] === 0x8b)
      await log.look()
      return log
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /**
   * Opens a file at a place in it; `undefined` if the file is not the one that the mark was made
   * of.
   */
  static async openAt(path: string, mark: Mark): Promise<OpenLog | undefined> {
    const log = await OpenLog.open(path)
    try {
      if (await log.#goTo(mark)) return log
    } catch (error) {
      await log.close()
      throw error
    }
    await log.close()
    return undefined
  }

  get offset(): number {
    return this.#offset
  }

  get dev(): string {
    return this.#seen.dev
  }

  get ino(): string {
    return this.#seen.ino
  }

  get mtimeMs(): number {
    return this.#seen.mtimeMs
  }

  /** Gives the place behind all that was read. */
  mark(): Mark {
    return this.#markOf(this.#offset, this.#before)
  }

  /** Gives the mark of its beginning, which tells the file by what stands there now. */
  async markOfStart(): Promise<Mark> {
    const head = this.isCompressed ? Buffer.alloc(0) : await readAt(this.#file, 0, KNOWN_BY)
    const { dev, ino, mtimeMs } = this.#seen
    return { dev, ino, offset: 0, headLength: head.length, hash: fingerprint(head, Buffer.alloc(0)), mtimeMs }
  }

  /** Passes over all that is there. */
  async passAll(): Promise<void> {
    while ((await this.read()) !== undefined);
  }

  /** Passes over all that is there, but for a line that is not whole. */
  async goToLastLine(): Promise<void> {
    let end = this.#seen.size
    while (end > 0) {
      const start = Math.max(0, end - CHUNK)
      const feed = (await readAt(this.#file, start, end - start)).lastIndexOf('\n')
      end = feed < 0 ? start : start + feed + 1
      if (feed >= 0) break
    }
    await this.#startAt(end)
  }

  /** Gives the next bytes; none at what is its end for now. */
  async read(): Promise<Chunk | undefined> {
    const bytes = await this.#bytes.read(this.#offset, CHUNK)
    if (bytes.length === 0) return undefined
    const [start, before] = [this.#offset, this.#before]
    this.#pass(bytes)
    const markAt = (length: number) => this.#markOf(start + length, lastOf(before, bytes.subarray(0, length)))
    return { bytes, start, markAt }
  }

  /**
   * Whether it still is what was read: not if it was cut since, however much was written to it
   * then. Asked before each read.
   */
  async isUncut(): Promise<boolean> {
    const { mtimeMs, size } = this.#seen
    await this.look()
    if (this.isCompressed || (mtimeMs === this.#seen.mtimeMs && size === this.#seen.size)) return true
    return this.#seen.size >= this.#offset && (await this.#isKnown(this.mark()))
  }

  async close(): Promise<void> {
    await this.#bytes.close()
    await this.#file.close()
  }

  async look(): Promise<void> {
    const { dev, ino, mtimeNs, size } = await this.#file.stat({ bigint: true })
    this.#seen = { dev: String(dev), ino: String(ino), mtimeMs: Number(mtimeNs) / 1e6, size: Number(size) }
  }

  async #goTo(mark: Mark): Promise<boolean> {
    if (!this.isCompressed) {
      if (this.#seen.size < mark.offset || !(await this.#isKnown(mark))) return false
      await this.#startAt(mark.offset)
      return true
    }
    if (mark.offset === 0) return this.#startsAs(mark)
    while (this.#offset < mark.offset) {
      const bytes = await this.#bytes.read(this.#offset, Math.min(CHUNK, mark.offset - this.#offset))
      if (bytes.length === 0) return false
      this.#pass(bytes)
    }
    return this.mark().hash === mark.hash
  }

  async #startAt(offset: number): Promise<void> {
    this.#offset = offset
    this.#head = await readAt(this.#file, 0, Math.min(KNOWN_BY, offset))
    this.#before = await this.#bytesBefore(offset)
  }

  /** What is packed is read once: the beginning is looked at in another reader. */
  async #startsAs({ headLength, hash }: Mark): Promise<boolean> {
    const start = new GzipBytes(this.#file)
    try {
      let head = Buffer.alloc(0)
      while (head.length < headLength) {
        const more = await start.read(head.length, headLength - head.length)
        if (more.length === 0) return false
        head = Buffer.concat([head, more])
      }
      return fingerprint(head, Buffer.alloc(0)) === hash
    } finally {
      await start.close()
    }
  }

  async #isKnown({ offset, headLength, hash }: Mark): Promise<boolean> {
    return fingerprint(await readAt(this.#file, 0, headLength), await this.#bytesBefore(offset)) === hash
  }

  #bytesBefore(offset: number): Promise<Buffer> {
    const length = Math.min(KNOWN_BY, offset)
    return readAt(this.#file, offset - length, length)
  }

  #pass(bytes: Buffer): void {
    this.#offset += bytes.length
    if (this.#head.length < KNOWN_BY)
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, KNOWN_BY - this.#head.length)])
    this.#before = lastOf(this.#before, bytes)
  }

  #markOf(offset: number, before: Buffer): Mark {
    const { dev, ino, mtimeMs } = this.#seen
    const head = this.#head.subarray(0, offset)
    return { dev, ino, offset, headLength: head.length, hash: fingerprint(head, before), mtimeMs }
  }
}

/** Apart from the chunk, which it would keep in memory. */
function lastOf(before: Buffer, bytes: Buffer): Buffer {
  return bytes.length >= KNOWN_BY
    ? Buffer.from(bytes.subarray(-KNOWN_BY))
    : Buffer.concat([before, bytes]).subarray(-KNOWN_BY)
}
