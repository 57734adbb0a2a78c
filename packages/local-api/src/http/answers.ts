const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' }

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...JSON_TYPE, ...headers } })
}

/** Old Go bouncers crash on an error without a text `message`. */
export function message(status: number, text: string, headers: Record<string, string> = {}): Response {
  return json(status, { message: text }, headers)
}

/** How the engine tells of a token: bouncers, which have keys, never get 401. */
export function unauthorized(text: string): Response {
  return json(401, { code: 401, message: text }, { 'WWW-Authenticate': 'JWT realm=Crowdsec API local' })
}

/** Every key that is not known, in whatever way. */
export const forbidden = () => message(403, 'access forbidden')

export const empty = (status: number) => new Response(null, { status })

/** What a handler throws to end with an answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly answer: Response

  constructor(answer: Response) {
    super(`answered ${answer.status}`)
    this.answer = answer
  }
}
