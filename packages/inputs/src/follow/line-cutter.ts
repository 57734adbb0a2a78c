const LINE_FEED = 0x0a
/** No UTF-16 unit takes more bytes in UTF-8. */
const BYTES_PER_UNIT = 3

/** A line, without its end: LF, or CR LF. */
export interface CutLine {
  /** What is no UTF-8 became U+FFFD. */
  readonly text: string
  /** Bytes of the chunk up to the line's end, and with it. */
  readonly end: number
}

/**
 * Cuts bytes that come in pieces into lines. A line in which the pieces end waits for the rest of
 * it, and of a very long one no more waits than will be given.
 */
export class LineCutter {
  readonly #longest: number
  /** Of the line that is not whole. */
  #pieces: Buffer[] = []
  #held = 0

  /** Lines have at most `longest` UTF-16 units: the rest of a longer one is left out. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /** Whether a line waits for its rest. */
  get isInLine(): boolean {
    return this.#held > 0
  }

  *cut(chunk: Buffer): Generator<CutLine> {
    let start = 0
    for (let feed = chunk.indexOf(LINE_FEED); feed >= 0; feed = chunk.indexOf(LINE_FEED, start)) {
      this.#hold(chunk.subarray(start, feed))
      start = feed + 1
      yield { text: this.takeRest(), end: start }
    }
    this.#hold(chunk.subarray(start))
  }

  /** Gives what there is of the line that is not whole. */
  takeRest(): string {
    const [only = Buffer.alloc(0)] = this.#pieces
    const bytes = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : only
    this.#pieces = []
    this.#held = 0
    return bytes.toString().replace(/\r$/, '').slice(0, this.#longest)
  }

  #hold(bytes: Buffer): void {
    // A program that does not append leaves zeros where its log was cut.
    const kept = this.#held > 0 ? bytes : withoutZeros(bytes)
    const room = this.#longest * BYTES_PER_UNIT - this.#held
    if (kept.length === 0 || room <= 0) return
    this.#pieces.push(kept.subarray(0, room))
    this.#held += Math.min(kept.length, room)
  }
}

function withoutZeros(bytes: Buffer): Buffer {
  if (bytes[0] !== 0) return bytes
  const first = bytes.findIndex((byte) => byte !== 0)
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first)
}
