import { CscapiError } from '@cscapi/core'
import type { SendReport } from './sending/send-report.js'

/**
 * A run could not go on, usually because the store failed; `code` and `retryable` are those of
 * `cause`, and `report` says what was done before.
 */
export class SendFailedError extends CscapiError {
  override readonly name = 'SendFailedError'
  /** What was done before the failure. */
  readonly report: SendReport

  constructor(cause: CscapiError, report: SendReport) {
    const done = `${report.sent} signals were sent before it`
    super(cause.code, `Sending ended early, ${done}; the others stay in the store: ${withoutCode(cause)}`, {
      cause,
      retryable: cause.retryable,
    })
    this.report = report
  }
}

/** Adding an iterable ended early; `code` and `retryable` are those of `cause`. */
export class PartlyAddedError extends CscapiError {
  override readonly name = 'PartlyAddedError'
  /** Signals stored before the error, duplicates not counted. They stay. */
  readonly added: number
  /** Position of the first signal that may not be stored: go on from here. */
  readonly index: number

  constructor(cause: CscapiError, added: number, index: number) {
    super(cause.code, `${added} signals were added, then signal ${index} could not be: ${withoutCode(cause)}`, {
      cause,
      retryable: cause.retryable,
    })
    this.added = added
    this.index = index
  }
}

/**
 * `maxPending` signals wait already, and `whenFull` is `reject`: nothing of the call was stored.
 * Code `queue_full`.
 */
export class QueueFullError extends CscapiError {
  override readonly name = 'QueueFullError'
  /** Signals that wait in the store, leased ones included. */
  readonly pending: number
  /** The client's bound, from its option of that name. */
  readonly maxPending: number

  constructor(pending: number, count: number, maxPending: number) {
    const canFit = count <= maxPending
    const advice = canFit ? 'send first, then add again' : 'add them in smaller calls, or raise maxPending'
    super(
      'queue_full',
      `${pending} of ${maxPending} signals wait already, so ${count} more were not added: ${advice}`,
      {
        retryable: canFit,
      },
    )
    this.pending = pending
    this.maxPending = maxPending
  }
}

/**
 * The client was stopped, or is being stopped: it takes no signals and begins nothing. Code
 * `client_stopped`.
 */
export class ClientStoppedError extends CscapiError {
  override readonly name = 'ClientStoppedError'

  constructor() {
    super('client_stopped', 'The client is stopped: nothing new is taken or begun; make a new one')
  }
}

/** Gives the message without the code at its end, which is that of the wrapping error too. */
export function withoutCode({ message, code }: Pick<CscapiError, 'message' | 'code'>): string {
  return message.endsWith(` [${code}]`) ? message.slice(0, -code.length - 3) : message
}
