import type { FileHandle } from 'node:fs/promises'

/** Where a log says its bytes are: a file itself, or what is packed in it. */
export interface LogBytes {
  /** From `offset` on, at most `length`: none at the end. Offsets never go back. */
  read(offset: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

/** The bytes of a file as they are. */
export class PlainBytes implements LogBytes {
  readonly #file: FileHandle

  constructor(file: FileHandle) {
    this.#file = file
  }

  read(offset: number, length: number): Promise<Buffer> {
    return readAt(this.#file, offset, length)
  }

  async close(): Promise<void> {}
}

/** Reads so many bytes, or what there is of them. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
