import { CscapiError, type CscapiErrorOptions } from '@cscapi/signals'

/** What an error says of the answer that it is about. */
export interface ResponseDetails {
  /** Method and path below the base URL, e.g. `POST /signals`. */
  readonly endpoint: string
  /** The HTTP status. */
  readonly status: number
  /** CAPI's own `message`, and `errors` if any, cut to 1 KiB and without control characters. */
  readonly serverMessage?: string | undefined
  /** What `Retry-After` asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** How the answer names itself: `x-amzn-requestid`, `x-amz-apigw-id` or `x-request-id`. */
  readonly requestId?: string | undefined
  /** The machine whose call it was; absent where it was nobody's. */
  readonly machineId?: string | undefined
}

/**
 * CAPI answered with a status other than 2xx. Codes: `bad_request`, `unauthorized`, `forbidden`,
 * `rate_limited`, `server_error`, `unexpected_status`, ….
 */
export class CapiResponseError extends CscapiError implements Omit<ResponseDetails, 'requestId' | 'machineId'> {
  override readonly name: string = 'CapiResponseError'
  readonly endpoint: string
  /** The HTTP status. */
  readonly status: number
  readonly serverMessage: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, details: ResponseDetails, options: CscapiErrorOptions = {}) {
    super(code, message, { requestId: details.requestId, machineId: details.machineId, ...options })
    this.endpoint = details.endpoint
    this.status = details.status
    this.serverMessage = details.serverMessage
    this.retryAfterMs = details.retryAfterMs
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), endpoint: this.endpoint, status: this.status, serverMessage: this.serverMessage }
  }
}

/**
 * The machine, its credentials or its token were refused. Codes: `unauthorized`,
 * `credentials_refused`, `machine_id_taken`, `machine_refused`, `register_refused`,
 * `machine_failing`.
 */
export class CapiAuthError extends CapiResponseError {
  override readonly name = 'CapiAuthError'
}

/**
 * CAPI forbids: an address that is blocked (`forbidden`: stay silent, never log in because of it)
 * or an attachment key that is not valid (`attachment_key_refused`).
 */
export class CapiForbiddenError extends CapiResponseError {
  override readonly name = 'CapiForbiddenError'
  /**
   * The answer has a reason of its own, not the gateway's, and not about the address: it may be
   * about this request alone.
   */
  readonly givesReason: boolean

  constructor(
    code: string,
    message: string,
    details: ResponseDetails & { givesReason?: boolean },
    options: CscapiErrorOptions = {},
  ) {
    super(code, message, details, options)
    this.givesReason = details.givesReason ?? false
  }
}

/**
 * 429. Limits are per address: everything from this address waits at least {@link
 * CapiRateLimitError.retryAfterMs}.
 */
export class CapiRateLimitError extends CapiResponseError {
  override readonly name = 'CapiRateLimitError'
}

/** No answer: refused, reset, DNS, TLS. Code: `network_error`. */
export class CapiNetworkError extends CscapiError {
  override readonly name = 'CapiNetworkError'
}

/** No answer within `timeoutMs`. Code: `timeout`. */
export class CapiTimeoutError extends CscapiError {
  override readonly name = 'CapiTimeoutError'
}

/**
 * An answer that cannot be read: HTML, truncated or unknown JSON, too long, a redirect. Code:
 * `unexpected_response`.
 */
export class CapiProtocolError extends CscapiError {
  override readonly name = 'CapiProtocolError'
}

/**
 * No login was made, because the store's login budget is spent; {@link
 * LoginBudgetError.retryAfterMs} says when it is worth another try. Code: `login_budget_spent`.
 */
export class LoginBudgetError extends CscapiError {
  override readonly name = 'LoginBudgetError'
  /** Milliseconds. */
  readonly retryAfterMs: number

  constructor(machineId: string, budget: { logins: number; windowMs: number }, retryAfterMs: number) {
    const minutes = (ms: number) => Math.ceil(ms / 60_000)
    const spent = `${budget.logins} logins in ${minutes(budget.windowMs)} min are made already`
    super(
      'login_budget_spent',
      `Machine ${machineId} was not logged in: ${spent}; it is tried again in ${minutes(retryAfterMs)} min`,
      { retryable: true, machineId },
    )
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * The caller's `AbortSignal` fired. Code: `aborted`. `report` holds what was done so far, where the
 * call makes one.
 */
export class AbortedError extends CscapiError {
  override readonly name = 'AbortedError'
  /** What was done before, where the call makes a report; `undefined` otherwise. */
  readonly report: unknown

  constructor(what: string, options: CscapiErrorOptions & { report?: unknown } = {}) {
    super('aborted', `${what} was aborted`, options)
    this.report = options.report
  }
}

/** The codes of a {@link StorageError}; docs/errors.md says what to do at each. */
export type StorageErrorCode =
  | 'storage_unavailable'
  | 'storage_busy'
  | 'storage_closed'
  | 'storage_schema_newer'
  | 'storage_schema_missing'
  | 'storage_corrupt'
  | 'storage_conflict'
  | 'storage_read_only'
  | 'storage_failed'

/**
 * A storage call failed. {@link StorageError.driverCode} is the driver's own code, for a search
 * engine.
 */
export class StorageError extends CscapiError {
  override readonly name = 'StorageError'
  /** The adapter's name, e.g. `sqlite`. */
  readonly adapter: string
  /** The method of the port that failed, e.g. `enqueue`. */
  readonly operation: string
  /** The driver's own code, for a search engine; `undefined` where it gives none. */
  readonly driverCode: string | undefined

  constructor(
    code: StorageErrorCode,
    message: string,
    details: { adapter: string; operation: string; driverCode?: string | undefined },
    options: CscapiErrorOptions = {},
  ) {
    super(code, message, { retryable: code === 'storage_busy' || code === 'storage_unavailable', ...options })
    this.adapter = details.adapter
    this.operation = details.operation
    this.driverCode = details.driverCode
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), adapter: this.adapter, operation: this.operation, driverCode: this.driverCode }
  }
}
