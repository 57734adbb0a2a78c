import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, type Gunzip } from 'node:zlib'
import type { LogBytes } from './log-bytes.js'

const PACKED_CHUNK = 65_536

/** What is packed in a file with gzip, front to back. */
export class GzipBytes implements LogBytes {
  readonly #file: FileHandle
  #unpacked:
    | { readonly stream: Gunzip; readonly pieces: AsyncIterator<Buffer>; readonly fed: Promise<void> }
    | undefined
  /** Unpacked and not read yet. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** @throws Error where the file is damaged, or its end is missing */
  async read(_offset: number, length: number): Promise<Buffer> {
    this.#unpacked ??= this.#unpack()
    while (this.#rest.length === 0) {
      const next = await this.#unpacked.pieces.next()
      if (next.done === true) return this.#rest
      this.#rest = next.value
    }
    const bytes = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return bytes
  }

  async close(): Promise<void> {
    this.#unpacked?.stream.destroy()
    await this.#unpacked?.fed
  }

  #unpack() {
    const stream = createGunzip()
    // Who reads what is unpacked meets the same error.
    const fed = pipeline(Readable.from(packed(this.#file), { objectMode: false }), stream).catch(() => {})
    return { stream, pieces: stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>, fed }
  }
}

async function* packed(file: FileHandle): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PACKED_CHUNK), 0, PACKED_CHUNK, offset)
    if (bytesRead === 0) return
    offset += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
