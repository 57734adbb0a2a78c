import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { ownCopy } from '../lines/own-copy.js'

/** What the first records of a session tell, and the later ones do not. */
export interface CowrieSession {
  readonly at: number
  readonly protocol?: string | undefined
  /** What the client calls itself, and the fingerprint of how it speaks. */
  readonly version?: string | undefined
  readonly hassh?: string | undefined
}

const savedSchema = lazily(() =>
  z.array(
    z.tuple([
      z.string(),
      z.object({
        at: z.number(),
        protocol: z.string().optional(),
        version: z.string().optional(),
        hassh: z.string().optional(),
      }),
    ]),
  ),
)

const LONGEST_MS = 3_600_000
const MOST_SESSIONS = 20_000

/** The sessions that are open, for an hour at most and no more than so many. */
export class CowrieSessions {
  readonly #sessions: Map<string, CowrieSession>

  constructor(saved: unknown) {
    this.#sessions = new Map(saved === undefined || saved === null ? [] : savedSchema().parse(saved))
  }

  get(id: string, at: number): CowrieSession | undefined {
    const found = this.#sessions.get(id)
    return found !== undefined && Math.abs(at - found.at) <= LONGEST_MS ? found : undefined
  }

  tell(id: string, at: number, told: Omit<CowrieSession, 'at'>): void {
    const known = this.get(id, at)
    this.#sessions.delete(id)
    this.#sessions.set(ownCopy(id), { at, ...known, ...copied(told) })
    for (const [oldest, session] of this.#sessions) {
      if (this.#sessions.size <= MOST_SESSIONS && Math.abs(at - session.at) <= LONGEST_MS) return
      this.#sessions.delete(oldest)
    }
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }

  save(): unknown {
    return [...this.#sessions]
  }
}

/** What is known, apart from the line it was read from. */
function copied(told: Omit<CowrieSession, 'at'>): Omit<CowrieSession, 'at'> {
  const known = Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, ownCopy(value)]]))
  return Object.fromEntries(known)
}
