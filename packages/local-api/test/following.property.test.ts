import { DecisionSet } from '@cscapi/decisions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryState } from '../src/stored-json.js'
import { arrange, type Item, list, START } from './arrange.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 10_000 : 300
const MINUTE = 60_000
const VALUES = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '198.51.100.0/24'] as const
const value = fc.constantFrom(...VALUES)
const minutes = fc.integer({ min: 1, max: 300 })
const remediation = fc.constantFrom('ban', 'captcha')

/** What happens between polls; a restart comes with or without what was still to be written. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('listed'), value, minutes }),
  fc.record({ kind: fc.constant('unlisted'), value }),
  fc.record({ kind: fc.constant('decided'), value, minutes, remediation }),
  fc.record({ kind: fc.constant('ended'), value }),
  fc.record({ kind: fc.constant('list'), values: fc.uniqueArray(value), minutes, remediation }),
  fc.record({ kind: fc.constant('allowed'), values: fc.uniqueArray(value) }),
  fc.record({ kind: fc.constant('time'), ms: fc.integer({ min: 1, max: 400 * MINUTE }) }),
  fc.record({ kind: fc.constant('poll') }),
  fc.record({ kind: fc.constant('restart'), isCrash: fc.boolean() }),
)
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

/** As a firewall's bouncer does it: what it is told runs out by itself. */
class Bouncer {
  readonly #until = new Map<string, number>()

  take(deleted: readonly Item[], added: readonly Item[], now: number): void {
    for (const { type, value: gone } of deleted) this.#until.delete(`${gone} ${type}`)
    for (const { type, value: told, duration } of added) {
      const [, hours, rest, seconds] = /^(\d+)h(\d+)m(\d+)s$/.exec(duration)!
      this.#until.set(`${told} ${type}`, now + (Number(hours) * 3_600 + Number(rest) * 60 + Number(seconds)) * 1_000)
    }
  }

  blocks(now: number): string[] {
    return [...this.#until].filter(([, until]) => until > now).map(([key]) => key)
  }
}

async function happen(one: Happening, decisions: DecisionSet, clock: { at: number }): Promise<void> {
  const scopeOf = (text: string) => (text.includes('/') ? 'Range' : 'Ip')
  switch (one.kind) {
    case 'listed': {
      const expiresAt = clock.at + one.minutes * MINUTE
      const scenario = 'crowdsecurity/ssh-bf'
      await decisions.applyStream({
        new: [{ scope: scopeOf(one.value), value: one.value, scenario, expiresAt }],
        deleted: [],
      })
      break
    }
    case 'unlisted':
      await decisions.applyStream({ new: [], deleted: [{ scope: scopeOf(one.value), value: one.value }] })
      break
    case 'decided':
      await decisions.ban(one.value, { duration: `${one.minutes}m`, reason: 'by hand', remediation: one.remediation })
      break
    case 'ended':
      await decisions.endLocal((decision) => decision.value === one.value)
      break
    case 'list':
      await decisions.replaceBlocklist(
        list('tor', one.remediation, `${one.minutes}m`),
        one.values.filter((text) => !text.includes('/')),
      )
      break
    case 'allowed':
      await decisions.replaceAllowlist(
        { id: 'a', name: 'office' },
        one.values.map((text) => JSON.stringify({ value: text })),
      )
      break
    case 'time':
      clock.at += one.ms
      break
  }
}

test('whatever is listed, decided, allowed, ended or runs out, through restarts and crashes: a bouncer that follows blocks what is in force, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 25 }), async (happenings) => {
      const clock = { at: START }
      const now = () => clock.at
      const decisions = new DecisionSet({ now })
      const storage = memoryState()
      const begin = () => arrange({ storage, decisions, now })
      let server = begin()
      const bouncer = new Bouncer()
      const poll = async () => {
        const { deleted, new: added } = await server.poll()
        const keys = ({ type, value: told }: Item) => `${told} ${type}`
        expect(deleted.map(keys).filter((key) => added.map(keys).includes(key))).toEqual([])
        bouncer.take(deleted, added, clock.at)
      }
      for (const one of [...happenings, { kind: 'poll' } as const]) {
        if (one.kind === 'restart') {
          if (!one.isCrash) await server.api.flush()
          server = begin()
        } else if (one.kind === 'poll') {
          // A value that comes with another type is let go in one answer, and is in the next.
          for (let times = 0; times < 2; times += 1) await poll()
          const inForce = [...decisions.held().rows(clock.at)].flatMap((row) => (row === undefined ? [] : [row]))
          const least = inForce.filter(({ expiresAt }) => expiresAt - clock.at >= 1_000)
          const blocked = bouncer.blocks(clock.at)
          for (const row of least) expect(blocked).toContain(`${row.value} ${row.remediation}`)
          const all = new Set(inForce.map((row) => `${row.value} ${row.remediation}`))
          expect(blocked.filter((key) => !all.has(key))).toEqual([])
        } else await happen(one, decisions, clock)
      }
    }),
    { numRuns: RUNS },
  )
})
