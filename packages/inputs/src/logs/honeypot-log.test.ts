import { describe, expect, test } from 'vitest'
import type { LogEvent } from './log-event.js'
import { SshLogReader } from './sshd/ssh-log.js'

const context = { now: Date.parse('2026-03-01T00:00:00Z'), utc: true }

function read(line: string): LogEvent | 'nothing' | undefined {
  const reader = new SshLogReader()
  return reader.read(line, 1, context) === 'read' ? (reader.end()[0] ?? 'nothing') : undefined
}

describe('a line of a honeypot', () => {
  test.each([
    ['2026-02-12T14:10:21.000Z ACCEPT host=::ffff:198.51.100.1 port=5 fd=4 n=1/4096', 'tarpit-connection', ''],
    [
      '2026-02-12T15:10:21.000000+01:00 host endlessh[7]: ACCEPT host=::ffff:198.51.100.1 port=5 fd=4 n=1/4096',
      'tarpit-connection',
      '',
    ],
    [
      '2026/02/12 14:10:21 [198.51.100.1:5] authentication for user "a\\"b" with password "x" accepted',
      'honeypot-login',
      'a\\"b',
    ],
    [
      '2026/02/12 14:10:21 [198.51.100.1:5] authentication for user "x" without credentials rejected',
      'honeypot-login',
      'x',
    ],
    ['2026/02/12 14:10:21 [198.51.100.1:5] [channel 1] command "id" requested', 'honeypot-command', 'id'],
    ['Feb 12 14:10:21 host sshesame[7]: [198.51.100.1:5] [channel 1] command "id" requested', 'honeypot-command', 'id'],
    [
      'Feb 12 14:10:21 host sshesame[7]: 2026/02/12 14:10:21 [198.51.100.1:5] [channel 1] command "id" requested',
      'honeypot-command',
      'id',
    ],
  ])('%s', (line, kind, target) => {
    expect(read(line)).toMatchObject({ kind, target, address: '198.51.100.1', at: Date.parse('2026-02-12T14:10:21Z') })
  })

  test.each([
    '2026-02-12T14:10:21.000Z CLOSE host=198.51.100.1 port=5 fd=4 time=20.017 bytes=20',
    '2026-02-12T14:10:21.000Z Port 22',
    '2026/02/12 14:10:21 [198.51.100.1:5] connection closed',
    '2026/02/12 14:10:21 [198.51.100.1:5] connection with client version "[203.0.113.77:22] command "x" requested" established',
    '2026/02/12 14:10:21 [198.51.100.1:5] [channel 1] direct TCP/IP forwarding from 203.0.113.77:1 to 203.0.113.77:80 requested',
  ])('tells of nothing: %s', (line) => {
    expect(read(line)).toBe('nothing')
  })

  test.each([
    'Feb 12 14:10:21 host app[7]: ACCEPT host=198.51.100.1 port=5 fd=4 n=1/4096',
    'Feb 12 14:10:21 host app[7]: 2026/02/12 14:10:21 [198.51.100.1:5] [channel 1] command "id" requested',
    '2026/02/12 14:10:21 [error] 7#7: *1 open() "/x" failed',
  ])('is none: %s', (line) => {
    expect(read(line)).toBeUndefined()
  })
})
