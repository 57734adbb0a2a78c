import * as z from 'zod'
import type { OpsClient } from '../options.js'
import type { BlocklistAnswer, CheckAnswer } from './answers.js'

/** Gives what the blocklist is made of. */
export async function blocklistAnswer(client: OpsClient, now: number): Promise<BlocklistAnswer> {
  const { pulledAt = null, nextPullInMs, sources } = await client.blocklistSources()
  const shown = sources.map(({ kind, name, remediation = null, size, updatedAt = null, expiresAt = null }) => ({
    kind,
    name,
    remediation,
    size,
    updatedAt,
    expiresAt,
  }))
  return {
    size: sources.filter(({ kind }) => kind !== 'allowlist').reduce((sum, { size }) => sum + size, 0),
    pulledAt,
    nextPullAt: pulledAt === null ? null : now + nextPullInMs,
    sources: shown,
  }
}

export const checkQuery = z.strictObject({ address: z.string().trim().min(1).max(64) })

/** Whether an address is blocked, by what and until when. @throws InputError for what is none */
export async function checkAnswer(client: OpsClient, { address }: z.output<typeof checkQuery>): Promise<CheckAnswer> {
  const set = await client.decisions()
  const [decision = null, ...others] = set.checkAll(address)
  return { address, blocked: decision !== null, decision, others, allowlists: set.allowedBy(address) }
}
