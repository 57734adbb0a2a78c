import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../log-event.js'
import { SshLogReader } from './ssh-log.js'
import { SshdAttempts } from './sshd-attempts.js'
import { readSshdMessage } from './sshd-message.js'

const context = { now: Date.parse('2026-03-01T00:00:00Z'), utc: true }

/** How many attempts a log tells of, by kind and address. */
function attemptsIn(lines: readonly string[]) {
  const reader = new SshLogReader()
  const events: LogEvent[] = []
  for (const [index, line] of lines.entries()) {
    reader.read(line, index + 1, context)
    events.push(...reader.take())
  }
  events.push(...reader.end())
  const counts: Record<string, number> = {}
  for (const { kind, address, times = 1 } of events) {
    counts[`${kind} ${address}`] = (counts[`${kind} ${address}`] ?? 0) + times
  }
  return counts
}

const at = (second: number, message: string, program = 'sshd[7]') =>
  `Feb 12 14:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} host ${program}: ${message}`
const PEER = '198.51.100.1'
const LOGIN = `ssh-login ${PEER}`
const pam = (user = '', host = PEER) =>
  `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${host} ${user}`

test.each(['UNKNOWN', 'host.example', '1.2.3.04', '198.51.100.0/24', 'fe80::1%eth0'])(
  'an attempt whose peer is %s counts as of no use, so that it is told',
  (peer) => {
    const reader = new SshLogReader()
    expect(reader.read(at(0, `Failed password for root from ${peer} port 5 ssh2`), 1, context)).toBe('ambiguous')
    expect(reader.end()).toEqual([])
  },
)

describe('a client that uses one port again and again', () => {
  const offered = (process: number) =>
    at(process, `Failed publickey for root from ${PEER} port 5 ssh2: RSA SHA256:x`, `sshd[${process}]`)

  test('makes an attempt with each process that serves it', () => {
    expect(attemptsIn([1, 2, 3, 4].map(offered))).toEqual({ [LOGIN]: 4 })
  })

  test('takes nothing back by a login of its own in another connection', () => {
    const accepted = (process: string) => at(9, `Accepted password for mallory from ${PEER} port 5 ssh2`, process)
    expect(attemptsIn([...[1, 2, 3, 4].map(offered), accepted('sshd[9]')])).toEqual({ [LOGIN]: 4 })
    const tried = at(10, `Failed password for root from ${PEER} port 5 ssh2`, 'sshd')
    expect(attemptsIn([accepted('sshd'), tried, tried])).toEqual({ [LOGIN]: 2 })
  })
})

test('“last message repeated” of another host repeats nothing of this one', () => {
  const tried = at(0, `Failed password for root from ${PEER} port 5 ssh2`)
  const again = (host: string) => `Feb 12 14:00:30 ${host} last message repeated 4 times`
  expect(attemptsIn([tried, again('host')])).toEqual({ [LOGIN]: 5 })
  expect(attemptsIn([tried, again('other')])).toEqual({ [LOGIN]: 1 })
})

test('a client that did not say what it is is known by its process, as long as a login may take', () => {
  const unidentified = 'error: kex_exchange_identification: client sent invalid protocol identifier "x"'
  const closed = `Connection closed by ${PEER} port 5`
  expect(attemptsIn([at(0, unidentified), at(1, closed)])).toEqual({ [`ssh-negotiation ${PEER}`]: 1 })
  expect(attemptsIn([at(0, unidentified, 'sshd'), at(1, closed, 'sshd')])).toEqual({})
  expect(attemptsIn([at(0, unidentified), at(600, closed)])).toEqual({})
})

describe('attempts of one connection', () => {
  test('one mistyped login is one attempt, however many lines tell of it', () => {
    expect(
      attemptsIn([
        at(0, `Invalid user x from ${PEER} port 5`),
        at(0, 'input_userauth_request: invalid user x [preauth]'),
        at(0, `Failed none for invalid user x from ${PEER} port 5 ssh2`),
        at(1, 'pam_unix(sshd:auth): check pass; user unknown'),
        at(1, pam()),
        at(3, `Failed password for invalid user x from ${PEER} port 5 ssh2`),
        at(4, `Received disconnect from ${PEER} port 5:11: Bye Bye [preauth]`),
        at(4, `Disconnected from invalid user x ${PEER} port 5 [preauth]`),
      ]),
    ).toEqual({ [LOGIN]: 1 })
  })

  test('three tries are three attempts, of which sshd, PAM and the end of the connection each tell', () => {
    expect(
      attemptsIn([
        at(0, pam(' user=root')),
        at(2, `Failed password for root from ${PEER} port 5 ssh2`),
        at(5, `Failed password for root from ${PEER} port 5 ssh2`),
        at(8, `Failed password for root from ${PEER} port 5 ssh2`),
        at(8, `error: maximum authentication attempts exceeded for root from ${PEER} port 5 ssh2 [preauth]`),
        at(8, `Disconnecting authenticating user root ${PEER} port 5: Too many authentication failures [preauth]`),
        at(8, 'PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.1  user=root'),
      ]),
    ).toEqual({ [LOGIN]: 3 })
  })

  test.each([
    ['rsyslog', at(9, `message repeated 5 times: [ Failed password for root from ${PEER} port 5 ssh2]`)],
    ['the old syslog daemon', 'Feb 12 14:00:09 host last message repeated 5 times'],
  ])('a line that %s says came again counts as often as it came', (_, again) => {
    expect(attemptsIn([at(0, `Failed password for root from ${PEER} port 5 ssh2`), again])).toEqual({ [LOGIN]: 6 })
  })

  test('that a line came again says nothing when sshd did not write it', () => {
    expect(
      attemptsIn([
        at(0, `Failed password for root from ${PEER} port 5 ssh2`),
        at(1, 'session opened', 'cron[1]'),
        'Feb 12 14:00:09 host last message repeated 5 times',
      ]),
    ).toEqual({ [LOGIN]: 1 })
  })

  test('a login that succeeds takes back what its connection failed, up to two minutes before', () => {
    const failed = [0, 1, 2, 3, 4, 5].map((second) =>
      at(second, `Failed publickey for deploy from ${PEER} port 5 ssh2: RSA SHA256:${second}`),
    )
    const other = at(6, `Failed password for deploy from ${PEER} port 6 ssh2`, 'sshd[8]')
    const accepted = `Accepted password for deploy from ${PEER} port 5 ssh2`
    expect(attemptsIn([...failed, other, at(120, accepted)])).toEqual({ [LOGIN]: 1 })
    expect(attemptsIn([...failed, other, at(300, accepted)])).toEqual({ [LOGIN]: 2 })
  })

  test('keys that one connection offers are one attempt', () => {
    const offered = [0, 1, 2, 3, 4, 5].map((second) =>
      at(second, `Failed publickey for deploy from ${PEER} port 5 ssh2: RSA SHA256:${second}`),
    )
    expect(
      attemptsIn([...offered, at(6, `Disconnected from authenticating user deploy ${PEER} port 5 [preauth]`)]),
    ).toEqual({ [LOGIN]: 1 })
  })

  test('processes of one connection are put together by its port, and a number that is used again is another', () => {
    expect(
      attemptsIn([
        at(0, `Invalid user x from ${PEER} port 5`, 'sshd-session[7]'),
        at(1, `Connection closed by invalid user x ${PEER} port 5 [preauth]`, 'sshd-auth[8]'),
        at(2, `Invalid user x from ${PEER} port 6`, 'sshd-session[7]'),
      ]),
    ).toEqual({ [LOGIN]: 2 })
  })

  test('where no process has a number, the lines of a connection are put together all the same', () => {
    const connection = (second: number, port: number) => [
      at(second, `Invalid user x from ${PEER} port ${port}`, 'sshd'),
      at(second + 1, `Failed password for invalid user x from ${PEER} port ${port} ssh2`, 'sshd'),
      at(second + 2, `Connection closed by invalid user x ${PEER} port ${port} [preauth]`, 'sshd'),
    ]
    expect(attemptsIn([...connection(0, 5), ...connection(9, 6)])).toEqual({ [LOGIN]: 2 })
  })

  test('a connection that ends without trying to log in is a probe, any other is not', () => {
    expect(
      attemptsIn([
        at(0, `Connection closed by ${PEER} port 5 [preauth]`),
        at(1, `Connection reset by ${PEER} port 6 [preauth]`, 'sshd[8]'),
        at(2, `Failed password for root from ${PEER} port 7 ssh2`, 'sshd[9]'),
        at(3, `Connection closed by ${PEER} [preauth]`, 'sshd[9]'),
        at(4, `Connection closed by ${PEER} port 8`, 'sshd[10]'),
      ]),
    ).toEqual({ [`ssh-negotiation ${PEER}`]: 2, [LOGIN]: 1 })
  })

  test('a client that goes away before it says what it is, is a probe, whose address comes a line later', () => {
    expect(
      attemptsIn([
        at(0, 'error: kex_exchange_identification: Connection closed by remote host'),
        at(0, `Connection closed by ${PEER} port 5`),
        at(1, 'error: kex_exchange_identification: read: Connection reset by peer', 'sshd[8]'),
        at(1, `Connection reset by ${PEER} port 6`, 'sshd[8]'),
        at(
          2,
          'error: kex_exchange_identification: client sent invalid protocol identifier "GET / HTTP/1.1"',
          'sshd[9]',
        ),
        at(2, `banner exchange: Connection from ${PEER} port 7: invalid format`, 'sshd[9]'),
        at(3, `Connection closed by ${PEER} port 8`, 'sshd[10]'),
      ]),
    ).toEqual({ [`ssh-negotiation ${PEER}`]: 3 })
  })

  test('what PAM alone tells counts, unless it tells a name in place of an address', () => {
    expect(attemptsIn([at(0, pam(' user=root')), at(1, pam('', '203.0.113.7.example'))])).toEqual({ [LOGIN]: 1 })
  })

  test('too many connections at once are forgotten, the longest quiet first, and counted', () => {
    const attempts = new SshdAttempts(10)
    for (let port = 1; port <= 30; port += 1) {
      const sighting = readSshdMessage(`Failed password for root from ${PEER} port ${port} ssh2`)
      if (typeof sighting === 'string') throw new Error(sighting)
      attempts.see(
        { ...sighting, address: PEER },
        { at: context.now, host: 'host', program: 'sshd', pid: String(port) },
        1,
      )
    }
    expect(attempts.dropped).toBe(20)
  })
})

describe('who says it', () => {
  const quoted = `sshd[7]: Failed password for root from ${PEER} port 5 ssh2`
  test.each([
    `Feb 12 14:00:00 host postfix/smtpd[1]: lost connection: ${quoted}`,
    `Feb 12 14:00:00 postfix[1]: ${quoted}`,
    `Feb 12 14:00:00 kernel: ${quoted}`,
    `Feb 12 14:00:00 host sshd-keygen[1]: Failed password for root from ${PEER} port 5 ssh2`,
    `Feb 12 14:00:00 host not-sshd[1]: Failed password for root from ${PEER} port 5 ssh2`,
    `<38>1 2026-02-12T14:00:00Z host app 1 - - ${quoted}`,
    `<38>1 2026-02-12T14:00:00Z host app 1 - [a b="x\\"] host sshd 1 - - "] ${quoted}`,
    JSON.stringify({ __REALTIME_TIMESTAMP: '1770904800000000', SYSLOG_IDENTIFIER: 'app', MESSAGE: quoted }),
    JSON.stringify({
      ...{ __REALTIME_TIMESTAMP: '1770904800000000', SYSLOG_IDENTIFIER: 'sshd', _COMM: 'logger' },
      MESSAGE: `Failed password for root from ${PEER} port 5 ssh2`,
    }),
    `Feb 12 14:00:00 ${PEER} ${quoted.replace('sshd[7]: ', '')}`,
    quoted,
  ])('another program that quotes sshd is not sshd: %s', (line) => {
    expect(attemptsIn([line])).toEqual({})
  })
})
