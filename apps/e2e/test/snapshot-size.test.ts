import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DecisionSet } from '@cscapi/decisions'
import { expect, test } from 'vitest'
import { workspaceRoot } from './workspace.js'

const ENTRIES = 10_000
const addresses = Array.from({ length: ENTRIES }, (_, index) => `203.0.${index >> 8}.${index & 255}`)

/** What each address adds to the copy of a blocklist in the store, to the nearest byte. */
async function bytesForEach(fill: (set: DecisionSet) => Promise<unknown>): Promise<number> {
  const set = new DecisionSet()
  await fill(set)
  expect(set.size).toBe(ENTRIES)
  return Math.round((set.toBytes().length - new DecisionSet().toBytes().length) / ENTRIES)
}

test('the blocklist takes as many bytes in the store as docs/operations.md says', async () => {
  const expiresAt = Date.now() + 3_600_000
  const ofList = await bytesForEach((set) =>
    set.replaceBlocklist({ name: 'tor', scope: 'ip', remediation: 'ban', duration: '24h' }, addresses),
  )
  const ofStream = await bytesForEach((set) =>
    set.applyStream({
      new: addresses.map((value) => ({ value, scope: 'Ip', scenario: 'crowdsecurity/ssh-bf', expiresAt })),
      deleted: [],
    }),
  )
  expect(readFileSync(join(workspaceRoot, 'docs/operations.md'), 'utf8')).toContain(
    `takes ${ofList} bytes in the store for an IPv4 address of a list, and ${ofStream} for one of the stream`,
  )
})
