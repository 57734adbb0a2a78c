import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { peers } from './decisions-peers.js'
import { median } from './figure.js'
import type { Numbers } from './frame/bench.js'
import { longestTurn } from './longest-turn.js'

type Lookup = (ip: string | number) => unknown

const numberOf = (ip: string) => ip.split('.').reduce((number, part) => number * 256 + Number(part), 0)

/** Builds a list of so many entries with a peer, looks addresses up in it, and weighs it. */
export async function measurePeer(name: string, count: number, lookupMs: number): Promise<Numbers> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')

  const peer = peers[name]
  if (peer === undefined) throw new Error(`There is no peer ${name}`)

  let state = 42
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  /** Public addresses: 1.0.0.0 to 9.255.255.255 for what is listed, 11.x for what is not. */
  const address = (first: number) => `${first}.${random() >>> 24}.${random() >>> 24}.${random() >>> 24}`
  const listed = () => address(1 + ((random() >>> 24) % 9))

  const lines = Array.from({ length: count }, (_, index) =>
    index % 100 === 0 ? `${listed().replace(/\d+$/, '0')}/24` : listed(),
  )
  // New text, as a server has it: not the objects of the list, which lie anywhere in memory.
  const asked = (ip: string) => (peer.takesNumbers ? numberOf(ip) : Buffer.from(ip).toString('latin1'))
  const hits = Array.from({ length: 10_000 }, () => asked((lines[random() % lines.length] ?? '').replace('/24', '')))
  /** Not listed, and far from anything that is; and in the midst of what is. */
  const far = Array.from({ length: 10_000 }, () => asked(address(11)))
  const isListed = new Set(lines)
  const near = Array.from({ length: 20_000 }, listed)
    .filter((ip) => !isListed.has(ip) && !isListed.has(`${ip.replace(/\d+$/, '0')}/24`))
    .slice(0, 10_000)
    .map(asked)

  function memory(): number {
    for (let round = 0; round < 3; round += 1) collect()
    const { heapUsed, external, rss } = process.memoryUsage()
    // What a native list takes is in neither of the first two.
    return name.startsWith('node:') ? rss : heapUsed + external
  }

  /**
   * The middle one of short batches, so that a batch in which other programs had the processor does
   * not count. It goes on for a while; a peer that looks at every entry would take hours for all.
   */
  function nanoseconds(check: Lookup, ips: readonly (string | number)[], isHit: boolean): number {
    const one = performance.now()
    for (const ip of ips.slice(0, 5)) if (Boolean(check(ip)) !== isHit) throw new Error(`${name} is wrong about ${ip}`)
    const isSlow = performance.now() - one > 5
    const batch = isSlow ? 1 : 1_000
    const times: number[] = []
    const ends = performance.now() + lookupMs
    for (let at = 0; performance.now() < ends || times.length < 5; at = (at + batch) % (ips.length - batch)) {
      const started = performance.now()
      for (let index = at; index < at + batch; index += 1) check(ips[index] ?? '')
      times.push(((performance.now() - started) * 1e6) / batch)
    }
    return median(times)
  }

  const before = memory()
  const built: Lookup[] = []
  const started = performance.now()
  const longestTurnMs = await longestTurn(async () => built.push(await peer.build(lines)))
  const buildMs = performance.now() - started
  const bytes = memory() - before
  const [check] = built
  if (check === undefined) throw new Error(`${name} built nothing`)
  return {
    buildMs,
    longestTurnMs,
    bytes,
    bytesAnEntry: bytes / count,
    hitNs: nanoseconds(check, hits, true),
    nearNs: nanoseconds(check, near, false),
    farNs: nanoseconds(check, far, false),
  }
}
