import { CapiNetworkError, type SendReport } from '@cscapi/client'
import { beforeEach, expect, test } from 'vitest'
import { Output } from './output.js'
import { tellLeft, tellRest, tellResults } from './summary.js'
import type { Target } from './target.js'
import { tellFindings } from './tell-findings.js'
import { noFindings } from './watch.js'

let told = ''
const output = new Output({
  write(text) {
    told += text
  },
})
beforeEach(() => {
  told = ''
})

const error = new CapiNetworkError('network_error', 'POST /watchers got no answer', { retryable: true })
const report = { sent: 0, rejected: 0, postponed: 7, failing: 0, requests: 2, logins: 0, durationMs: 5, problems: [] }
const stats = {
  ...{ pending: 6, leased: 1, sent: 0, rejected: 0, machines: 2, failing: 0 },
  ...{ oldestPendingAt: undefined, pausedUntil: undefined, pauseReason: undefined },
}
const target: Target = {
  environment: 'development',
  name: 'nobody',
  isReal: true,
  emulator: undefined,
  close: async () => {},
}

test('when nobody answers, the table tells what was put back and why nothing came', () => {
  tellResults(output, target, {
    findings: noFindings(),
    queued: { added: 7, duplicates: 0, pending: 7 },
    enrolled: [
      { machineId: 'a', status: 'already-enrolled', message: undefined },
      { machineId: 'b', status: 'postponed', message: undefined, error },
      { machineId: 'c', status: 'postponed', message: undefined, error },
    ],
    report,
    posts: 2,
    blocklist: error,
    page: undefined,
  })
  tellRest(output, stats, report, noFindings())
  for (const line of [
    /Signals sent +0, 7 put back/,
    /Machines enrolled +1 already enrolled, 2 postponed; POST \/watchers got no answer \[network_error\]\n/,
    /Decisions +not pulled: POST \/watchers got no answer \[network_error\]\n/,
    /7 signals wait in the store for the next run\./,
  ])
    expect(told).toMatch(line)
  expect(told).not.toContain('Already blocked')
})

test('a run that did not come to its end says what it leaves behind and where', () => {
  tellLeft(output, 'Failed', stats, '/var/lib/cscapi.db')
  tellLeft(output, 'Stopped', { ...stats, pending: 0 }, 'memory')
  expect(told).toBe('Failed. 7 signals wait in the store: /var/lib/cscapi.db.\nStopped. 1 signal in memory lost.\n')
})

const queued = { added: 0, duplicates: 0, pending: 0 }
const nothingLeft = { ...stats, pending: 0, leased: 0 }
const nothingSent: SendReport = { ...report, postponed: 0 }

test('a run that understood most lines says so first, shows one, and names what is read', () => {
  const firstOther = { line: 1, text: '{"level":"error"}' }
  tellFindings(output, { ...noFindings(), lines: 3, other: 2, firstOther }, queued, false)
  const [first, second, third] = told.split('\n')
  expect(first).toBe('Only 1 of 3 lines were of use here. Line 1, for one: {"level":"error"}')
  expect(second).toMatch(/^What is read: sshd .*nginx and Apache/)
  expect(third).toMatch(/^3 lines read \(2 lines of no use here\), 0 attackers found/)
})

test('a run that understood nothing does not end as if all were well', () => {
  const findings = { ...noFindings(), lines: 2, other: 2, firstOther: { line: 1, text: 'x' } }
  tellFindings(output, findings, queued, false)
  tellRest(output, nothingLeft, nothingSent, findings)
  expect(told.split('\n')[0]).toBe('None of 2 lines was of use here. Line 1, for one: x')
  expect(told).toContain('Nothing was delivered; most lines were of no use, as told above.')
  expect(told).not.toContain('Everything was delivered')
})

test('half of the lines, as in any log, are no reason to speak of it', () => {
  tellFindings(output, { ...noFindings(), lines: 4, other: 2, firstOther: { line: 2, text: 'x' } }, queued, false)
  expect(told.split('\n')[0]).toBe('4 lines read (2 lines of no use here), 0 attackers found.')
})

test('an empty log is told as one', () => {
  tellFindings(output, noFindings(), queued, false)
  tellRest(output, nothingLeft, nothingSent, noFindings())
  expect(told).toMatch(/^There was nothing in the log\.\n/)
  expect(told).toMatch(/Nothing to deliver\.\n$/)
})

test('a line that is shown is cut, on one line, and nothing in it moves a terminal', () => {
  const text = `\u001b]0;title\u0007\u001b[2J\u202e\r\n\u2028${'x'.repeat(500)}`
  tellFindings(output, { ...noFindings(), lines: 1, other: 1, firstOther: { line: 1, text } }, queued, false)
  const [first = ''] = told.split('\n')
  expect(first).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  expect(first).toContain('x …')
  expect(first.length).toBeLessThan(250)
})

test('of a log of blank lines that is said', () => {
  tellFindings(output, { ...noFindings(), lines: 3, other: 3 }, queued, false)
  expect(told).toMatch(/^None of 3 lines was of use here\. They are blank\.\n/)
})

test('attacks that cannot be reported are told, with the first line and why', () => {
  const findings = { ...noFindings(), lines: 9, refused: 2, firstRefused: { line: 7, reason: 'no address' } }
  tellFindings(output, findings, queued, false)
  tellRest(output, nothingLeft, nothingSent, findings)
  expect(told).toContain('2 findings cannot be reported; the first, of line 7: no address\n')
  expect(told).toContain('Nothing was delivered; not everything can be, as told above.')
})

test('attacks that an earlier run reported are nothing new', () => {
  tellRest(output, nothingLeft, nothingSent, { ...noFindings(), attackers: new Set(['203.0.113.7']) })
  expect(told).toBe('Nothing new to deliver.\n')
})

test('why signals were put back is told, kind by kind, in the client’s words, which say what to do', () => {
  const problems = [
    {
      code: 'network_error',
      message: 'POST /signals got no answer from 127.0.0.1:9 (ECONNREFUSED): check host and port; try again later',
      count: 7,
      machines: 2,
    },
    { code: 'paused', message: 'The store is paused\n\u001b[2J', count: 1, machines: 0 },
  ] as const
  tellRest(output, stats, { ...report, problems }, noFindings())
  expect(told.split('\n').slice(0, 2)).toEqual([
    'Trouble: POST /signals got no answer from 127.0.0.1:9 (ECONNREFUSED): check host and port; try again later [network_error] (7 signals of 2 machines).',
    'Trouble: The store is paused\uFFFD[2J [paused] (1 time).',
  ])
})

test('“everything was delivered” is said only when it was', () => {
  const attackers = new Set(['203.0.113.7'])
  const rest = (sent: Partial<SendReport>, found: object) => {
    told = ''
    tellRest(output, nothingLeft, { ...nothingSent, ...sent }, { ...noFindings(), attackers, ...found })
    return told
  }
  expect(rest({ sent: 5 }, {})).toBe('Everything was delivered.\n')
  expect(rest({ sent: 5, rejected: 2 }, {})).toBe('2 signals rejected for good; nothing else is left.\n')
  expect(rest({ sent: 5 }, { refused: 1 })).toMatch(/^What can be reported was delivered; not everything/)
  expect(rest({ sent: 5 }, { attackers: new Set(), lines: 2, other: 2 })).toMatch(
    /^What an earlier run left was delivered; most lines/,
  )
})
