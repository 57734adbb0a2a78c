import { BlockList } from 'node:net'
import { DecisionSet } from '@cscapi/decisions'
import { type Figure, median, timed } from './figure.js'
import { longestTurn } from './longest-turn.js'

const ENTRIES = 50_000
const ROUNDS = 5

const addresses = Array.from({ length: ENTRIES }, (_, index) => `8.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)

const expiresAt = Date.now() + 3_600_000
const entries = addresses.map((value) => ({ value, scope: 'Ip', scenario: 'crowdsecurity/ssh-bf', expiresAt }))

async function apply(): Promise<void> {
  await new DecisionSet().applyStream({ new: entries, deleted: [] })
}

/**
 * Applying an answer of CAPI with 50,000 entries, against the platform's own list, and against the
 * longest time for which it held up others.
 */
export async function applyDecisions(): Promise<Figure[]> {
  const ours: number[] = []
  const platform: number[] = []
  const turns: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await timed(apply))
    turns.push(await longestTurn(apply))
  }
  // Behind the others: freeing its lists takes as long as filling them.
  for (let round = 0; round < ROUNDS; round += 1) {
    const fill = () => {
      const list = new BlockList()
      for (const address of addresses) list.addAddress(address)
    }
    platform.push(await timed(fill))
  }
  const [all, list, turn] = [median(ours), median(platform), median(turns)]
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return [
    {
      name: 'apply 50,000 decisions, node:net BlockList',
      ours: ms(all),
      baseline: ms(list),
      ratio: all / list,
      goal: { atMost: 1 },
    },
    {
      name: 'longest turn of it, the whole',
      ours: ms(turn),
      baseline: ms(all),
      ratio: turn / all,
      goal: { atMost: 0.5 },
    },
  ]
}
