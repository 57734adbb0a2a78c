import type { ErrorAnswer, SessionAnswer } from '../src/api/answers.js'
import { parseVisible } from './visible.js'

/** What the server said no with. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Asks the server for JSON; paths lead from where the page is. */
export async function ask<Answer>(path: string, parameters: Record<string, string> = {}): Promise<Answer> {
  const given = Object.entries(parameters).filter(([, value]) => value !== '')
  const query = new URLSearchParams(given).toString()
  return read(await fetch(`${path}${query === '' ? '' : `?${query}`}`, { headers: { accept: 'application/json' } }))
}

/** Changes something. The word that proves where the request comes from is asked for each time. */
export async function change<Answer>(path: string, body: object = {}): Promise<Answer> {
  const { csrf } = await ask<SessionAnswer>('api/session')
  const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf }
  return read(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function read<Answer>(response: Response): Promise<Answer> {
  // The session is over: the form is where the page was.
  if (response.status === 401) location.reload()
  if (response.status === 204) return undefined as Answer
  const answer = await response
    .text()
    .then(parseVisible)
    .catch(() => undefined)
  if (response.ok && answer !== undefined) return answer as Answer
  const { message = `The server answered ${response.status}` } = (answer as ErrorAnswer | undefined)?.error ?? {}
  throw new Refused(response.status, message)
}
