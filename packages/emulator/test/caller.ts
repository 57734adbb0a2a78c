import type { Emulator, ListeningEmulator } from '../src/index.js'

export const MACHINE_ID = 'a1'.repeat(24)
export const OTHER_MACHINE_ID = 'b2'.repeat(24)
export const PASSWORD = 'correct-horse-9'

/** A registered machine, for the option `machines`. */
export const MACHINES = { [MACHINE_ID]: PASSWORD, [OTHER_MACHINE_ID]: PASSWORD }

export const SIGNAL = {
  uuid: '0192f5a0-0000-7000-8000-000000000001',
  message: '',
  scenario: 'acme/http-bf',
  scenario_hash: '',
  scenario_version: '',
  source: { scope: 'Ip', value: '203.0.113.7' },
  start_at: '2026-11-24T10:00:00Z',
  stop_at: '2026-11-24T10:00:01Z',
}

/** A `when` that matches every call, and does something once the call is under way. */
export function onArrival(action: () => void): () => boolean {
  return () => {
    queueMicrotask(action)
    return true
  }
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

/** A plain HTTP caller: what a CAPI client boils down to. */
export class Caller {
  readonly #fetch: typeof fetch
  readonly base: string

  constructor(fetcher: typeof fetch, base: string) {
    this.#fetch = fetcher
    this.base = base
  }

  static inProcess(emulator: Emulator): Caller {
    return new Caller(emulator.fetch, 'https://capi.example.com/v3')
  }

  static over(server: ListeningEmulator): Caller {
    return new Caller(fetch, server.url)
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#fetch(path.startsWith('/') ? this.base + path : path, init)
  }

  async post(path: string, body: unknown, init: RequestInit = {}): Promise<Reply> {
    const response = await this.fetch(path, {
      method: 'POST',
      body: JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    })
    return reply(response)
  }

  async get(path: string, init: RequestInit = {}): Promise<Reply> {
    return reply(await this.fetch(path, init))
  }

  async token(machineId = MACHINE_ID, password = PASSWORD): Promise<string> {
    const { json } = await this.post('/watchers/login', { machine_id: machineId, password, scenarios: [] })
    return String(Reflect.get(Object(json), 'token'))
  }

  /** Logs in and returns the header to send with further calls. */
  async authorised(machineId = MACHINE_ID): Promise<{ headers: { authorization: string } }> {
    return { headers: { authorization: `Bearer ${await this.token(machineId)}` } }
  }
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== ''
  return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text }
}
