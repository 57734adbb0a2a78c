import { describe, expect, test } from 'vitest'
import { toSignal } from './to-signal.js'
import { noFindings, watch } from './watch.js'

const machineIds = { ssh: 's'.repeat(48), web: 'w'.repeat(48) }
const NOW = Date.parse('2026-03-01T00:00:00Z')

describe('an attack that can be no signal', () => {
  const attack = {
    kind: 'http-login',
    scenario: 'crowdsecurity/http-generic-bf',
    address: '203.0.113.7',
    startAt: NOW,
    stopAt: NOW,
    events: 5,
    targets: ['x'],
    userAgents: [],
    line: 1,
  } as const

  test('is refused with the field and the rule', () => {
    expect(toSignal(attack, machineIds.web).source.value).toBe('203.0.113.7')
    expect(() => toSignal({ ...attack, address: '1.2.3.04' }, machineIds.web)).toThrow(/address/)
  })

  test('is counted with its line, and ends nothing', async () => {
    const login = (year: string, second: number) =>
      `203.0.113.7 - - [12/Feb/${year}:14:00:0${second} +0000] "POST /wp-login.php HTTP/1.1" 200 5`
    const lines = ['0001', '2026'].flatMap((year) => [0, 1, 2, 3, 4].map((second) => login(year, second)))
    const findings = noFindings()
    async function* input() {
      yield* lines
    }
    const values = []
    for await (const { source } of watch(input(), findings, {
      machineIds,
      publicOnly: false,
      now: NOW,
      onProgress() {},
    }))
      values.push(source.value)
    expect(values).toEqual(['203.0.113.7'])
    expect(findings).toMatchObject({ attacks: 1, refused: 1, firstRefused: { line: expect.any(Number) } })
  })
})
