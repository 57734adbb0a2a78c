const REDACTED = '[redacted]'

/**
 * A text that is not shown: in JSON, templates, `console.log`, `util.inspect` and errors it is
 * `[redacted]`.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Gives the text itself. A text that is no `Secret` comes back as it is. */
  static reveal(secret: string | Secret): string {
    return secret instanceof Secret ? secret.#text : secret
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED
  }
}
