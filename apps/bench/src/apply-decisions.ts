import { BlockList } from 'node:net'
import { DecisionSet } from '@cscapi/decisions'
import { median } from './figure.js'
import type { Numbers, Setting } from './frame/bench.js'
import { longestTurn } from './longest-turn.js'

const ENTRIES = 50_000
/** Rounds before the first that counts: a server applies an answer every few hours, not once. */
const WARM_UP = 10

const addresses = Array.from({ length: ENTRIES }, (_, index) => `8.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)

async function cpuMs(work: () => Promise<unknown> | unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** Applies an answer of 50,000 entries to an empty set, and again to the set that has them. */
export async function applyAnswer({ isSmall }: Setting): Promise<Numbers> {
  const expiresAt = Date.now() + 3_600_000
  const entries = addresses.map((value) => ({ value, scope: 'Ip', scenario: 'crowdsecurity/ssh-bf', expiresAt }))
  const empty: number[] = []
  const again: number[] = []
  const turns: number[] = []
  for (let round = isSmall ? 0 : -WARM_UP; round < (isSmall ? 1 : 30); round += 1) {
    const set = new DecisionSet()
    const apply = () => set.applyStream({ new: entries, deleted: [] })
    const [first, second] = [await cpuMs(apply), await cpuMs(apply)]
    const other = new DecisionSet()
    const turn = await longestTurn(() => other.applyStream({ new: entries, deleted: [] }))
    if (round < 0) continue
    empty.push(first)
    again.push(second)
    turns.push(turn)
  }
  return { emptyMs: median(empty), againMs: median(again), longestTurnMs: median(turns) }
}

/** Fills the platform's own list with the same entries. */
export async function fillBlockList({ isSmall }: Setting): Promise<Numbers> {
  const fill = () => {
    const list = new BlockList()
    for (const address of addresses) list.addAddress(address)
  }
  const filled: number[] = []
  for (let round = 0; round < (isSmall ? 1 : 3); round += 1) filled.push(await cpuMs(fill))
  return { emptyMs: median(filled) }
}
