/** What the server says: plain data, so that faults can bend it before it becomes bytes. */
export interface Answer {
  readonly status: number
  /** `undefined` for an answer without body (204, 304). */
  readonly body: string | undefined
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** For the record: what a 400 complains of. */
  readonly problems?: readonly Problem[]
}

/** One rule that a request body breaks. */
export interface Problem {
  /** JSON pointer into the body, `''` for the body itself. */
  readonly pointer: string
  /** In the words of CAPI's own validator. */
  readonly rule: string
}

const JSON_HEADERS = { 'content-type': 'application/json' }
const TEXT_HEADERS = { 'content-type': 'text/plain; charset=utf-8' }

export function jsonAnswer(status: number, value: unknown, headers?: Readonly<Record<string, string>>): Answer {
  return jsonTextAnswer(status, JSON.stringify(value), headers)
}

/** For bodies that are JSON text already. */
export function jsonTextAnswer(status: number, body: string, headers?: Readonly<Record<string, string>>): Answer {
  return { status, body, headers: headers ? { ...JSON_HEADERS, ...headers } : JSON_HEADERS }
}

export function textAnswer(status: number, body: string, headers?: Readonly<Record<string, string>>): Answer {
  return { status, body, headers: headers ? { ...TEXT_HEADERS, ...headers } : TEXT_HEADERS }
}

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: undefined, headers }
}

export const OK = jsonAnswer(200, { message: 'OK' })
export const UNAUTHORIZED = jsonAnswer(401, { message: 'Unauthorized' })
export const TOKEN_EXPIRED = jsonAnswer(401, { message: 'The incoming token has expired' })
export const FORBIDDEN = jsonAnswer(403, { message: 'Forbidden' })
export const BAD_CREDENTIALS = jsonAnswer(403, { message: 'The machine_id or password is incorrect' })
export const BAD_ATTACHMENT_KEY = jsonAnswer(403, { message: 'the attachment key provided is not valid' })
export const TOO_LONG = jsonAnswer(413, { message: 'Request Too Long' })
export const MACHINE_BLOCKED = jsonAnswer(403, { message: 'machine is blocked' })
export const ALREADY_REGISTERED = jsonAnswer(500, { message: 'User already registered.' })

/** CAPI's 400: `errors` is one string that looks like a list (docs/capi-protocol.md, Errors). */
export function invalidBody(problems: readonly Problem[]): Answer {
  const errors = `[${problems.map(({ rule }) => rule).join(', ')}]`
  return { ...jsonAnswer(400, { message: 'Invalid request body', errors }), problems }
}
