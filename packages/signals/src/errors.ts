/** One thing that is wrong with an input: where, what was given, and which rule it breaks. */
export interface InputIssue {
  /** Where the value stands, e.g. `source.value` or `signals[3].context[0].key`. */
  readonly path: string
  /**
   * The offending value as printable text, cut to 200 characters; `[redacted]` where it may be a
   * secret.
   */
  readonly value: string
  /**
   * The rule that it breaks, as a sentence fragment: `must be an IPv4 or IPv6 address or a CIDR
   * range`.
   */
  readonly rule: string
}

/** What an error says beside its code and message. */
export interface CscapiErrorOptions {
  /**
   * An error of ours or a plain description. Never a `Request`, a `Response` or an error that holds
   * one.
   */
  readonly cause?: unknown
  /** Whether the same call may succeed later. Default false. */
  readonly retryable?: boolean
  /** The machine that the call was for, where it was for one. */
  readonly machineId?: string | undefined
  /** How CAPI's answer names itself. */
  readonly requestId?: string | undefined
}

const BRAND = Symbol.for('cscapi.error')

/**
 * Base of every error that cscapi throws. Branch on {@link CscapiError.code} and {@link
 * CscapiError.retryable}, never on the text. `docs/errors.md` has a heading for each code.
 */
export class CscapiError extends Error {
  override readonly name: string = 'CscapiError'
  /** Stable, `snake_case`. */
  readonly code: string
  /** Whether the same call may succeed later without any change by the caller. */
  readonly retryable: boolean
  /** The machine that the call was for; absent where it was for none, or for several. */
  declare readonly machineId?: string
  /**
   * How CAPI's answer names itself, for a question to CrowdSec's support; absent where no answer
   * came, or it has no name.
   */
  declare readonly requestId?: string

  constructor(code: string, message: string, options: CscapiErrorOptions = {}) {
    super(`${message} [${code}]`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    if (options.machineId !== undefined) this.machineId = options.machineId
    if (options.requestId !== undefined) this.requestId = options.requestId
    Object.defineProperty(this, BRAND, { value: true, enumerable: false })
  }

  toJSON(): Record<string, unknown> {
    const { name, code, retryable, message, machineId, requestId } = this
    return {
      name,
      code,
      retryable,
      message,
      ...(machineId !== undefined && { machineId }),
      ...(requestId !== undefined && { requestId }),
    }
  }
}

/**
 * Tells whether a value is an error of ours, also when two copies of this package are installed
 * (where `instanceof` fails).
 */
export function isCscapiError(value: unknown): value is CscapiError {
  return typeof value === 'object' && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true
}

/**
 * A caller's value breaks a rule; all that is wrong is listed at once. Nothing was sent or stored.
 * Codes: `invalid_input`, `environment_mismatch`.
 */
export class InputError extends CscapiError {
  override readonly name = 'InputError'
  /** Everything that is wrong, one entry for each value. */
  readonly issues: readonly InputIssue[]

  constructor(what: string, issues: readonly InputIssue[], options: CscapiErrorOptions & { code?: string } = {}) {
    const list = issues.map((issue) => `${issue.path}: ${issue.rule} (got ${issue.value})`).join('; ')
    super(options.code ?? 'invalid_input', `${what}: ${list}`, options)
    this.issues = issues
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), issues: this.issues }
  }
}
