import { CscapiError } from '@cscapi/core'
import type { SendReport } from './report.js'

/** A run could not go on, usually because the store failed; `code` and `retryable` are those of `cause`, and `report` says what was done before. */
export class SendFailedError extends CscapiError {
  override readonly name = 'SendFailedError'
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

/** The message without the code at its end, which is that of the wrapping error too. */
function withoutCode({ message, code }: CscapiError): string {
  return message.endsWith(` [${code}]`) ? message.slice(0, -code.length - 3) : message
}
