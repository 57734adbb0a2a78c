import { CapiNetworkError } from '@cscapi/client'
import { beforeEach, expect, test } from 'vitest'
import { Output } from './output.js'
import { tellLeft, tellRest, tellResults } from './summary.js'
import type { Target } from './target.js'
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
  })
  tellRest(output, stats, report)
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
