/** The part of standard output that is needed here. */
export interface TextStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Writes for people: one live line on a terminal, plain lines elsewhere. */
export class Output {
  readonly #stream: TextStream
  #live = ''

  constructor(stream: TextStream) {
    this.#stream = stream
  }

  line(text = ''): void {
    this.#clear()
    this.#stream.write(`${printable(text)}\n`)
  }

  /** Replaces the live line; says nothing where there is no terminal. */
  progress(text: string): void {
    if (!this.#stream.isTTY) return
    this.#clear()
    this.#live = printable(text).slice(0, Math.max((this.#stream.columns ?? 80) - 1, 20))
    this.#stream.write(this.#live)
  }

  /** Two columns, with the second one aligned. */
  table(rows: readonly (readonly [label: string, value: string])[]): void {
    const width = Math.max(...rows.map(([label]) => label.length))
    for (const [label, value] of rows) this.line(`  ${label.padEnd(width)}   ${value}`)
  }

  #clear(): void {
    if (this.#live !== '') this.#stream.write(`\r${' '.repeat(this.#live.length)}\r`)
    this.#live = ''
  }
}

/**
 * On one line, and nothing in it that a terminal obeys: what is told comes from logs and servers,
 * too.
 */
export function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, (signs) => (/^\s+$/.test(signs) ? ' ' : '\uFFFD'))
}

/** `1 signal`, `2,000 signals`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}
