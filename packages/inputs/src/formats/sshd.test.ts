import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

test.each([
  ['ssh-bf.log', ['35.188.49.176 crowdsecurity/ssh-bf 2026-02-12T14:10:21.000Z 2026-02-12T14:10:24.000Z 6']],
  [
    'ssh-slow-bf.log',
    ['103.100.210.198 crowdsecurity/ssh-slow-bf 2026-09-30T12:11:33.000Z 2026-09-30T12:22:00.000Z 22'],
  ],
  [
    'ssh-timeout.log',
    ['192.168.9.213 crowdsecurity/ssh-cve-2024-6387 2026-07-02T11:32:16.000Z 2026-07-02T11:32:16.000Z 4'],
  ],
  [
    'sshd-bad-keyexchange-bf.log',
    [
      '123.57.135.134 lepresidente/ssh-bad-keyexchange-bf 2026-06-08T10:44:36.000Z 2026-06-08T10:44:36.000Z 6',
      '206.189.59.169 lepresidente/ssh-bad-keyexchange-bf 2026-06-07T04:07:10.000Z 2026-06-07T04:07:10.000Z 6',
      '123.123.123.123 lepresidente/ssh-bad-keyexchange-bf 2026-07-07T06:11:48.000Z 2026-07-07T06:11:48.000Z 7',
    ],
  ],
  ['sshd-invalid-bf.log', ['179.43.183.98 crowdsecurity/ssh-bf 2026-01-24T15:32:31.000Z 2026-01-24T15:32:36.000Z 6']],
  ['sshd-logs.log', []],
])('%s', async (name, expected) => {
  expect((await tableOf('sshd', sample(name), { allowPrivate: true })).sort()).toEqual(expected.toSorted())
})

const failed = (second: number, user = 'hunter2') =>
  `Feb 12 14:00:${String(second).padStart(2, '0')} host sshd[7]: Failed password for ${user} from 203.0.113.9 port 42 ssh2`

test('a login that succeeds takes back what its connection failed before', async () => {
  const accepted = 'Feb 12 14:01:30 host sshd[7]: Accepted password for bob from 203.0.113.9 port 42 ssh2'
  const lines = [1, 2, 3, 4, 5, 6].map((second) => failed(second))
  expect(await tableOf('sshd', lines)).toEqual([
    '203.0.113.9 crowdsecurity/ssh-bf 2026-02-12T14:00:01.000Z 2026-02-12T14:00:06.000Z 6',
  ])
  expect(await tableOf('sshd', [...lines, accepted])).toEqual([])
})

test('a user, who may have typed a password there, is told only where that is asked for', async () => {
  const lines = [1, 2, 3, 4, 5, 6].map((second) => failed(second))
  expect(JSON.stringify(await itemsOf('sshd', lines))).not.toContain('hunter2')
  expect(JSON.stringify(await itemsOf('sshd', lines, { include: ['users'] }))).toContain('hunter2')
})

test('a line that can be read in two ways is refused', async () => {
  const forged =
    'Feb 12 14:00:00 host sshd[1]: Failed hostbased for x from 203.0.113.77 port 22 ssh2: y from 198.51.100.1 port 1 ssh2'
  expect(await tableOf('sshd', [forged])).toEqual(['1: it names no address, or can be read in two ways'])
})

test('lines of other programs, honeypots too, are of no use', async () => {
  const line = 'Feb 12 14:00:00 host sshesame[7]: [203.0.113.9:5] [channel 1] command "id" requested'
  expect(await tableOf('sshd', [line, ...[1, 2, 3].map((second) => failed(second).replace('sshd', 'app'))])).toEqual([])
})
