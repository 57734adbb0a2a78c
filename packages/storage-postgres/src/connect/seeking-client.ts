import type { Client, ClientConfig } from 'pg'
import type { Address, Host, Role } from './address.js'
import { asText } from './text-results.js'

type Callback = ((error: Error) => void) | ((error: null, client: Client) => void)

const READ_ONLY = "SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS readonly"

/**
 * Makes the class of connections that look for their server when they are made, so that new ones
 * find the new server after a failover.
 */
export function seekingClient(
  PlainClient: typeof Client,
  address: Address,
  configOf: (host: Host) => ClientConfig,
): typeof Client {
  const clientOf = (host: Host) => new PlainClient(configOf(host))
  return class SeekingClient extends PlainClient {
    override connect(): Promise<Client>
    override connect(callback: Callback): undefined
    override connect(callback?: Callback): Promise<Client> | undefined {
      const connected = seek(address, clientOf).then((host) => {
        // As the constructor has them.
        Object.assign(this, host)
        return super.connect()
      })
      if (callback === undefined) return connected
      const tell = (...outcome: unknown[]) => Reflect.apply(callback, undefined, outcome)
      connected.then((client) => tell(null, client), tell)
      return undefined
    }
  }
}

/** Finds the first host that answers and has the role. */
async function seek({ hosts, role, isShuffled }: Address, clientOf: (host: Host) => Client): Promise<Host> {
  const problems: Problem[] = []
  for (const host of isShuffled ? shuffled(hosts) : hosts) {
    const problem = await problemOf(clientOf(host), role)
    if (problem === undefined) return host
    problems.push({ ...problem, host })
  }
  const list = problems.map(({ host, message }) => `${host.host}:${host.port}: ${message}`).join('; ')
  // What a server said tells more than that one is away.
  const code = (problems.find((problem) => problem.isAnswer) ?? problems[0])?.code
  throw Object.assign(new Error(`no host will do (${list})`), code === undefined ? {} : { code })
}

interface Answer {
  readonly message: string
  readonly code: string | undefined
  /** Whether a server said so. */
  readonly isAnswer: boolean
}
type Problem = Answer & { readonly host: Host }

async function problemOf(client: Client, role: Role): Promise<Answer | undefined> {
  client.on('error', () => undefined)
  try {
    await client.connect()
    if (role === 'any') return undefined
    const { rows } = await client.query<{ standby: string; readonly: string }>({ text: READ_ONLY, types: asText })
    const [{ standby, readonly } = { standby: 't', readonly: 'on' }] = rows
    if (standby === 't') return { message: 'is a standby', code: '25006', isAnswer: false }
    if (role === 'read-write' && readonly === 'on') return { message: 'is read-only', code: '25006', isAnswer: false }
    return undefined
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error))
    const code: unknown = Reflect.get(Object(error), 'code')
    const isAnswer = typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code)
    return { message, code: typeof code === 'string' ? code : undefined, isAnswer }
  } finally {
    await client.end().catch(() => undefined)
  }
}

function shuffled(hosts: readonly Host[]): Host[] {
  return hosts
    .map((host) => ({ host, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ host }) => host)
}
