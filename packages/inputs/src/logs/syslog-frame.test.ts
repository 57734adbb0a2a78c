import { afterEach, describe, expect, test, vi } from 'vitest'
import { readJournalFrame } from './journal-frame.js'
import { readSyslogFrame } from './syslog-frame.js'
import { syslogTime } from './syslog-time.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')
const utc = { now: NOW, utc: true }
const MESSAGE = 'Invalid user x from 198.51.100.1 port 1'
const AT = Date.parse('2026-02-12T14:10:21Z')

afterEach(() => vi.unstubAllEnvs())

describe('a line of syslog or the journal', () => {
  test.each([
    ['RFC 3164', `Feb 12 14:10:21 host sshd[16378]: ${MESSAGE}`],
    ['RFC 3164 with a priority', `<38>Feb 12 14:10:21 host sshd[16378]: ${MESSAGE}`],
    ['RFC 3164 without a host', `Feb 12 14:10:21 sshd[16378]: ${MESSAGE}`],
    ['an IPv6 address for a host', `Feb 12 14:10:21 2001:db8::1 sshd[16378]: ${MESSAGE}`],
    ['busybox', `Feb 12 14:10:21 host auth.info sshd[16378]: ${MESSAGE}`],
    ['busybox without a host', `Feb 12 14:10:21 auth.info sshd[16378]: ${MESSAGE}`],
    ['OpenWrt', `Thu Feb 12 14:10:21 2026 authpriv.info sshd[16378]: ${MESSAGE}`],
    ['FreeBSD', `Feb 12 14:10:21 <auth.info> host sshd[16378]: ${MESSAGE}`],
    ['Solaris', `Feb 12 14:10:21 host sshd[16378]: [ID 800047 auth.info] ${MESSAGE}`],
    ['RFC 5424', `<38>1 2026-02-12T14:10:21Z host sshd 16378 - - ${MESSAGE}`],
    ['RFC 5424 without a priority', `1 2026-02-12T15:10:21+01:00 host sshd 16378 - - ${MESSAGE}`],
    [
      'RFC 5424 with data',
      `<38>1 2026-02-12T14:10:21.0Z host sshd 16378 ID7 [a@1 b="]\\"" c="\\]: x"][d e="\\\\"] \uFEFF${MESSAGE}`.replace(
        'b="]',
        'b="',
      ),
    ],
    ['rsyslog', `2026-02-12T15:10:21.000000+01:00 host sshd[16378]: ${MESSAGE}`],
    ['journalctl -o short-iso', `2026-02-12T15:10:21+0100 host sshd[16378]: ${MESSAGE}`],
    ['journalctl -o short-precise', `Feb 12 14:10:21.000000 host sshd[16378]: ${MESSAGE}`],
    ['journalctl -o short-full', `Thu 2026-02-12 14:10:21 UTC host sshd[16378]: ${MESSAGE}`],
    ['journalctl -o short-full of a zone without a name', `Thu 2026-02-12 11:10:21 -03 host sshd[16378]: ${MESSAGE}`],
    ['journalctl -o short-unix', `1770905421.000000 host sshd[16378]: ${MESSAGE}`],
    ['docker compose', `bastion-1  | Feb 12 14:10:21 host sshd[16378]: ${MESSAGE}`],
    ['Kubernetes', `2026-02-12T14:10:22.1Z stderr F Feb 12 14:10:21 host sshd[16378]: ${MESSAGE}`],
  ])('%s', (_, line) => {
    expect(readSyslogFrame(line, utc)).toMatchObject({ at: AT, program: 'sshd', pid: '16378', message: MESSAGE })
  })

  test('may name no process', () => {
    expect(readSyslogFrame(`<38>1 2026-02-12T14:10:21Z - sshd - - - ${MESSAGE}`, utc)).toMatchObject({ pid: undefined })
    expect(readSyslogFrame(`Feb 12 14:10:21 host sshd: ${MESSAGE}`, utc)).toMatchObject({ program: 'sshd' })
  })

  test.each([
    '<38>1 - host sshd 1 - - x',
    'Feb 30 14:10:21 host sshd[1]: x',
    'Foo 12 14:10:21 host sshd[1]: x',
    'x',
    '',
  ])('is none without a time: %j', (line) => {
    expect(readSyslogFrame(line, utc)).toBeUndefined()
  })

  const entry = {
    __REALTIME_TIMESTAMP: String(AT * 1_000),
    SYSLOG_IDENTIFIER: 'sshd',
    _COMM: 'sshd-session',
    _PID: '16378',
    _HOSTNAME: 'host',
  }
  test.each([
    ['text', MESSAGE],
    ['an array of bytes', [...Buffer.from(MESSAGE)]],
  ])('journalctl -o json, its message as %s', (_, message) => {
    expect(readJournalFrame(JSON.stringify({ ...entry, MESSAGE: message }))).toEqual({
      ...{ at: AT, host: 'host', program: 'sshd', pid: '16378', message: MESSAGE },
    })
  })

  test.each([
    null,
    7.5,
    [],
    { MESSAGE: null },
    { ...entry, MESSAGE: null },
    { ...entry, MESSAGE: [1, 'x'] },
    { ...entry, MESSAGE: MESSAGE, __REALTIME_TIMESTAMP: 'soon' },
  ])('is none, and breaks nothing: %j', (value) => {
    expect(readJournalFrame(JSON.stringify(value))).toBeUndefined()
    expect(readJournalFrame(`${JSON.stringify(value)}}`)).toBeUndefined()
  })
})

describe('a time without a zone', () => {
  test('is one of this host, unless it is said to be UTC', () => {
    vi.stubEnv('TZ', 'America/New_York')
    const host = { now: NOW, utc: false }
    expect(syslogTime('Feb 12 14:10:21', host)).toBe(Date.parse('2026-02-12T19:10:21Z'))
    expect(syslogTime('2026-02-12 14:10:21', host)).toBe(Date.parse('2026-02-12T19:10:21Z'))
    expect(syslogTime('Thu 2026-02-12 14:10:21 EST', host)).toBe(Date.parse('2026-02-12T19:10:21Z'))
    expect(syslogTime('Feb 12 14:10:21', utc)).toBe(AT)
    expect(syslogTime('2026-02-12T14:10:21Z', host)).toBe(AT)
    expect(syslogTime('Thu 2026-02-12 14:10:21 UTC', host)).toBe(AT)
  })

  test('that the clock skips in spring, or shows twice in autumn, is still read', () => {
    vi.stubEnv('TZ', 'Europe/Berlin')
    const host = { now: Date.parse('2026-12-01T00:00:00Z'), utc: false }
    expect(syslogTime('Mar 29 02:30:00', host)).toBe(Date.parse('2026-03-29T01:30:00Z'))
    expect([Date.parse('2026-10-25T00:30:00Z'), Date.parse('2026-10-25T01:30:00Z')]).toContain(
      syslogTime('Oct 25 02:30:00', host),
    )
  })

  test('and without a year is of the latest year in which it is no more than a day ahead', () => {
    expect(syslogTime('Feb 28 23:59:59', utc)).toBe(Date.parse('2026-02-28T23:59:59Z'))
    expect(syslogTime('Mar  3 00:00:00', utc)).toBe(Date.parse('2025-03-03T00:00:00Z'))
    expect(syslogTime('Feb 29 00:00:00', utc)).toBe(Date.parse('2024-02-29T00:00:00Z'))
    expect(syslogTime('Feb 12 2023 14:10:21', utc)).toBe(Date.parse('2023-02-12T14:10:21Z'))
    expect(syslogTime('Dec 31 23:59:59', { now: Date.parse('2026-01-01T00:00:00Z'), utc: true })).toBe(
      Date.parse('2025-12-31T23:59:59Z'),
    )
  })
})
