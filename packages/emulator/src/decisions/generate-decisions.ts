import { seededRandom } from '../seeded-random.js'
import type { SeedDecision } from './seeds.js'

const SCENARIOS = [
  'crowdsecurity/ssh-bf',
  'crowdsecurity/http-probing',
  'crowdsecurity/http-bad-user-agent',
  'crowdsecurity/http-cve-probing',
  'crowdsecurity/generic-bf',
]

/**
 * First octets that hold no public addresses; all of 0, 10, 100, … is left out rather than drawn
 * finely.
 */
const NOT_PUBLIC = new Set([0, 10, 100, 127, 169, 172, 192, 198, 203])

/**
 * `count` distinct decisions, the same for the same seed: public IPv4 addresses, and among ten one
 * IPv6 address (of the documentation range), among fifty one IPv4 range. Durations are fractional
 * and under seven days, as on the real stream.
 */
export function generateDecisions(count: number, seed: number): SeedDecision[] {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const seen = new Set<string>()
  const decisions: SeedDecision[] = []
  while (decisions.length < count) {
    const value = drawValue(decisions.length, below)
    if (seen.has(value)) continue
    seen.add(value)
    decisions.push({ value, scenario: SCENARIOS[below(SCENARIOS.length)], duration: drawDuration(below) })
  }
  return decisions
}

function drawValue(index: number, below: (limit: number) => number): string {
  if (index % 10 === 9) return `2001:db8:${hex(below)}:${hex(below)}::${hex(below)}`
  let first = 0
  while (NOT_PUBLIC.has(first)) first = 1 + below(223)
  const network = `${first}.${below(256)}.${below(256)}`
  return index % 50 === 25 ? `${network}.0/24` : `${network}.${1 + below(254)}`
}

function hex(below: (limit: number) => number): string {
  return (1 + below(0xfffe)).toString(16)
}

function drawDuration(below: (limit: number) => number): string {
  const nanoseconds = String(below(1_000_000_000)).padStart(9, '0')
  return `${1 + below(167)}h${below(60)}m${below(60)}.${nanoseconds}s`
}
