import { Refusal, unauthorized } from '../http/answers.js'
import type { Agents } from './agents.js'
import type { Tokens } from './tokens.js'

/** Lets agents in by the token that they got at login. */
export class WatcherDoor {
  readonly agents: Agents
  readonly tokens: Tokens

  constructor(agents: Agents, tokens: Tokens) {
    this.agents = agents
    this.tokens = tokens
  }

  /** The agent's name. @throws Refusal 401 that says why */
  async enter(request: Request): Promise<string> {
    const token = bearerOf(request)
    if (token === undefined) throw new Refusal(unauthorized('cookie token is empty'))
    const read = await this.tokens.read(token)
    if ('wrong' in read) throw new Refusal(unauthorized(read.wrong))
    // Those of certificates are in no list.
    if (!read.agent.includes(CERTIFIED) && !(await this.agents.isKnown(read.agent)))
      throw new Refusal(unauthorized('ent: machine not found'))
    return read.agent
  }
}

/** Between the name of a certificate and the address that it came from; in no agent's own name. */
export const CERTIFIED = '#cert@'

function bearerOf(request: Request): string | undefined {
  const header = request.headers.get('authorization')
  if (header?.startsWith('Bearer ')) return header.slice('Bearer '.length).trim() || undefined
  return /(?:^|;\s*)jwt=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1]
}
