import { downloadError, tooLarge } from './download-errors.js'
import { splitLines } from './split-lines.js'
import type { TimeLimits } from './time-limits.js'

export interface LineLimits {
  /** Bytes at most, after decompression. Default 67,108,864. */
  readonly maxBytes?: number | undefined
  /** Bytes of a line at most. Default 16,384. */
  readonly maxLineBytes?: number | undefined
  /** Lines at most, blank ones included. Default 8,388,608. */
  readonly maxLines?: number | undefined
}

const MAX_BYTES = 67_108_864
const MAX_LINE_BYTES = 16_384
/** A few bytes of gzip may be 64 MiB of line ends, each of which takes its time. */
const MAX_LINES = 8_388_608

/** Reads a list line by line, and ends its time limits with it. */
export async function* readLines(
  link: string,
  body: ReadableStream<Uint8Array>,
  options: LineLimits & { readonly signal?: AbortSignal | undefined },
  limits: TimeLimits,
): AsyncGenerator<string, void, undefined> {
  const { maxBytes = MAX_BYTES, maxLineBytes = MAX_LINE_BYTES, maxLines = MAX_LINES, signal } = options
  let bytes = 0
  let count = 0
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of body) {
      limits.touch()
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(link, `is larger than ${maxBytes} bytes`)
      yield chunk
    }
  }
  try {
    const tooLong = () => tooLarge(link, `has a line of more than ${maxLineBytes} bytes`)
    for await (const line of splitLines(counted(), maxLineBytes, tooLong)) {
      count += 1
      if (count > maxLines) throw tooLarge(link, `has more than ${maxLines} lines`)
      yield line
    }
  } catch (error) {
    throw downloadError(link, error, signal, limits)
  } finally {
    limits.end()
  }
}
