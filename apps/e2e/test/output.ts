import { inspect } from 'node:util'

/** Everything that a client tells, in every form that a program may print it in. */
export class Output {
  readonly #texts: string[] = []

  note(value: unknown): void {
    this.#texts.push(
      inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, maxStringLength: null }),
      inspect(value, { depth: Number.POSITIVE_INFINITY, customInspect: false }),
      JSON.stringify(value) ?? '',
      String(value),
      value instanceof Error ? `${value.stack} ${String(value.cause)}` : '',
    )
    if (value instanceof Error && value.cause !== undefined) this.note(value.cause)
  }

  /** What `work` throws. */
  ofSync(work: () => unknown): void {
    try {
      this.note(work())
    } catch (error) {
      this.note(error)
    }
  }

  async of(work: Promise<unknown>): Promise<void> {
    this.note(await work.catch((error: unknown) => error))
  }

  get text(): string {
    return this.#texts.join('\n')
  }
}

/**
 * Every form in which a secret may be shown, and each part of it that is longer than 8 characters.
 */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const encoded = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
  return [
    ...new Set(
      encoded.flatMap((form) =>
        Array.from({ length: Math.max(form.length - 8, 0) }, (_, at) => form.slice(at, at + 9)),
      ),
    ),
  ]
}
