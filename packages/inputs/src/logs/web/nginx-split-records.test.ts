import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileText, INNOCENT } from '../../../test/hostile-text.js'
import { readAccessLine } from './access-log.js'
import { readApacheErrorLine } from './apache-error-log.js'
import { readNginxErrorLine } from './nginx-error-log.js'
import { distrustSplitRecords, NOT_TRUSTED } from './nginx-split-records.js'

async function passed(lines: readonly string[]): Promise<string[]> {
  async function* input() {
    yield* lines
  }
  const result = []
  for await (const line of distrustSplitRecords(input())) result.push(line)
  return result
}

const PEER = '198.51.100.7'
const addresses = (lines: readonly string[]) => lines.flatMap((line) => readNginxErrorLine(line)?.address ?? [])

const mismatch = (address: string) =>
  `2026/11/28 01:02:03 [error] 12#12: *5 user "y": password mismatch, client: ${address}, server: _, request: "GET / HTTP/1.1", host: "h"`
const MISSING = ' (2: No such file or directory)'
/** What nginx 1.22 writes for a path that it cannot open: cut at 2,047 bytes and a line feed. */
function record(path: string, host = 'h', error = MISSING) {
  const head = `2026/11/28 01:02:03 [error] 13232#13232: *25 open() "/srv/html/${path}" failed`
  const front = head.length > 2_048 - 50 ? `${head.slice(0, 2_048 - 50)}...${error}` : head + error
  const back = `, client: ${PEER}, server: _, request: "GET /${encodeURIComponent(path)} HTTP/1.1", host: "${host}"`
  return (front + back).slice(0, 2_047).split('\n')
}

describe('lines of nginx’s error log', () => {
  test('are handed on as they are, in order, when no client split one', async () => {
    const lines = [
      'something else',
      ...Array.from({ length: 30 }, (_, host) => mismatch(`203.0.113.${host}`)),
      ...record('missing'),
      ...record('missing', 'a%0ab'),
      ...record(`missing${'a'.repeat(3_000)}`),
      ...record('missing', 'x'.repeat(3_000)),
      `${mismatch('203.0.113.2')}, referrer: "http://r/%0a${'x'.repeat(50)}"`,
      '2026/11/28 01:02:03 [info] 12#12: *5 client 203.0.113.1 closed keepalive connection',
      '2026/11/28 01:02:03 [info] 12#12: *21 SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking, client: 203.0.113.1, server: 0.0.0.0:443',
      'Nov 28 01:02:03 host sshd[1]: Invalid user x from 203.0.113.1 port 2',
      '',
    ]
    expect(await passed(lines)).toEqual(lines)
  })

  test('of other programs are handed on at once', async () => {
    async function* input() {
      yield 'Nov 28 01:02:03 host sshd[1]: Invalid user x from 203.0.113.1 port 2'
      throw new Error('the next line was asked for first')
    }
    const { value } = await distrustSplitRecords(input()).next()
    expect(value).toContain('Invalid user')
  })

  test.each([
    ['journalctl -o short', (body: string, program = 'nginx[5]') => `Nov 28 01:02:03 web ${program}: ${body}`],
    ['RFC 5424', (body: string, program = 'nginx') => `<190>1 2026-11-28T01:02:03Z web ${program} 5 - - ${body}`],
    [
      'journalctl -o json',
      (body: string, program = 'nginx') =>
        JSON.stringify({
          __REALTIME_TIMESTAMP: '1795827723000000',
          SYSLOG_IDENTIFIER: program,
          _COMM: program,
          MESSAGE: body,
        }),
    ],
  ])('behind headers of %s name nobody whom a client wrote there', async (_, framed) => {
    const lines = record(`x\n${mismatch('203.0.113.77')}\ny`).map((body) => framed(body))
    expect(lines).toHaveLength(3)
    expect(addresses(await passed(lines))).toEqual([])
    const honest = [framed(mismatch('203.0.113.2')), ...record('missing').map((body) => framed(body))]
    expect(addresses(await passed(honest))).toEqual(['203.0.113.2', PEER])
    const ofSshd = framed('Invalid user x from 203.0.113.1 port 2', 'sshd')
    expect(await passed([...lines.slice(0, 2), ofSshd, ...lines.slice(2)])).toContain(ofSshd)
    expect(await passed([framed('2026/11/28 01:02:03 [error] 1#1: *5 js: x'), ofSshd])).toContain(ofSshd)
  })

  test('name nobody behind headers that a client wrote himself', async () => {
    for (const program of ['nginx', 'sshd[1]']) {
      const header = `Nov 28 01:02:03 web ${program}: `
      const lines = record(
        `x\n${mismatch('203.0.113.77')}\n${header}Invalid user x from 203.0.113.77 port 2\n${header}`,
      )
      const handedOn = await passed(lines)
      expect(handedOn).toHaveLength(4)
      for (const line of handedOn) expect(line).toContain(NOT_TRUSTED)
    }
  })

  test.each([
    ['in the middle', `x\n${mismatch('203.0.113.77')}\ny`],
    [
      'with a whole record before and after it',
      `x" failed (2: No such file or directory), client: 203.0.113.77, server: _, request: "GET /x HTTP/1.1", host: "h"\n${mismatch('203.0.113.77')}\n2026/11/28 01:02:03 [error] 1#1: *1 open() "/y`,
    ],
    ['so long that the request is cut off', `x\n${mismatch('203.0.113.77')}\n${'y'.repeat(1_900)}`],
    ['so long that only a part of the request is left', `x\n${mismatch('203.0.113.77')}\n${'y'.repeat(1_500)}`],
    [
      'in another program’s form, behind an end',
      `x" failed (2: x), client: 203.0.113.77, server: _\n203.0.113.77 - - [28/Nov/2026:01:02:03 +0100] "GET /.env HTTP/1.1" 404 5\n${mismatch('203.0.113.77')}\ny`,
    ],
    ['with a line feed at its end', `x\n${mismatch('203.0.113.77')}\n`],
  ])('that a client wrote %s of its own name nobody', async (_, path) => {
    const lines = record(path)
    const result = await passed([...lines, 'z'.repeat(2_048), mismatch('203.0.113.5')])
    expect(addresses(lines)).toContain('203.0.113.77')
    expect(result.filter((line) => line.startsWith('203.0.113.77'))).toEqual([])
    expect(addresses(result)).toEqual(['203.0.113.5'])
    expect(result.slice(0, lines.length)).toEqual(lines.map((line) => NOT_TRUSTED + line))
  })

  test('name nobody but the peer, whatever lines a client writes into a path and wherever nginx cuts the record', async () => {
    /**
     * As a client may send it: nginx takes any sign but blanks, ends of lines and what has a
     * meaning of its own.
     */
    const sent = (path: string, isAll: boolean) =>
      isAll ? encodeURIComponent(path) : path.replace(/[\s\p{Cc}%?#]/gu, (sign) => encodeURIComponent(sign))
    const line = fc.oneof(
      hostileText(),
      fc.constantFrom(mismatch(INNOCENT), `${INNOCENT} - - [28/Nov/2026:01:02:03 +0100] "GET /.env HTTP/1.1" 404 5`),
      fc.constant(`[Sat Nov 28 01:02:03 2026] [error] [client ${INNOCENT}] user x not found: /`),
      fc.constantFrom(2, 20, 200, 1_200, 1_600, 1_800, 1_900).map((length) => 'y'.repeat(length)),
    )
    const arbitrary = fc.record({
      path: fc.array(line, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('\n').toWellFormed()),
      isAll: fc.boolean(),
      host: hostileText(),
      referrer: hostileText(),
      hasHost: fc.boolean(),
    })
    const written = fc.array(arbitrary, { minLength: 1, maxLength: 3 }).map((requests) =>
      requests.flatMap(({ path, isAll, host, referrer, hasHost }) => {
        const head = `2026/11/28 01:02:03 [error] 7#7: *25 open() "/srv/html/${path}" failed`
        const error = ' (2: No such file or directory)'
        const isLong = Buffer.byteLength(head) > 1_998
        const front = isLong ? `${Buffer.from(head).subarray(0, 1_998)}...${error}` : head + error
        const headers = hasHost ? `, host: "${host}", referrer: "${referrer}"`.replace(/[\r\n]/g, '') : ''
        const back = `, client: ${PEER}, server: _, request: "GET /${sent(path, isAll)} HTTP/1.1"${headers}`
        return Buffer.from(front + back)
          .subarray(0, 2_047)
          .toString()
          .split('\n')
      }),
    )
    await fc.assert(
      fc.asyncProperty(written, async (lines) => {
        for (const header of ['', 'Nov 28 01:02:03 web nginx[5]: ']) {
          const result = await passed([mismatch(PEER), ...lines, mismatch(PEER)].map((line) => header + line))
          const events = result.map(
            (text) => readNginxErrorLine(text) ?? readAccessLine(text) ?? readApacheErrorLine(text),
          )
          expect(events.flatMap((event) => event?.address ?? []).filter((address) => address !== PEER)).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })

  test('that a client wrote by a carriage return name nobody, for a reader to whom it ends a line', async () => {
    const lines = record(`x\r${mismatch('203.0.113.77')}\ry`).flatMap((line) => line.split('\r'))
    expect(addresses(lines)).toEqual(['203.0.113.77'])
    expect(addresses(await passed(lines))).toEqual([])
  })

  test('that a client wrote name nobody when the record was cut before the peer', async () => {
    const path = `x\n${mismatch('203.0.113.77')}\n${'y'.repeat(1_900)}`
    const lines = record(path, 'h', ' (40: Too many levels of symbolic links)')
    expect(lines.at(-1)).toMatch(/\), cli\w*$/)
    expect(addresses(lines)).toEqual(['203.0.113.77'])
    expect(addresses(await passed(lines))).toEqual([])
  })

  test.each(['FastCGI sent in stderr: "PHP message: ', '[lua] access.lua:3: ', 'js: '])(
    'that an application repeated from a client behind %s name nobody, wherever they end',
    async (said) => {
      const begin = `2026/11/28 01:02:03 [error] 7#7: *25 ${said}x`
      const behind = `, client: ${PEER}, server: _, request: "POST / HTTP/1.1", host: "h"`
      for (const end of [
        `y" while reading upstream${behind}`,
        `${mismatch('203.0.113.77')} ${behind}`,
        'y'.repeat(1_700),
      ]) {
        const lines = [begin, mismatch('203.0.113.77'), end]
        expect(addresses(await passed([...lines, 'z'.repeat(2_048), mismatch('203.0.113.5')]))).toEqual(['203.0.113.5'])
      }
    },
  )

  test('that a client wrote into a request, as old versions take it over HTTP/2, name nobody', async () => {
    const front = '2026/11/28 01:02:03 [error] 7#7: *25 access forbidden by rule'
    const lines = [
      `${front}, client: ${PEER}, server: _, request: "GET /x`,
      mismatch('203.0.113.77'),
      'y HTTP/2.0", host: "h"',
    ]
    expect(addresses(await passed([...lines, 'z'.repeat(2_048), mismatch('203.0.113.5')]))).toEqual(['203.0.113.5'])
  })

  test('are believed again farther than a record before such a one', async () => {
    const before = Array.from({ length: 30 }, (_, host) => mismatch(`203.0.113.${host}`))
    const result = addresses(await passed([...before, ...record(`x\n${mismatch('203.0.113.77')}\ny`)]))
    expect(result).not.toContain('203.0.113.77')
    expect(result.slice(0, 15)).toEqual(addresses(before.slice(0, 15)))
  })

  test('of 64 KiB are decided without going back over them again and again, whatever fills them', async () => {
    const parts = [
      ', client: ',
      ', server: ',
      ':',
      ':1',
      '%25',
      '%',
      '(2: ',
      '"',
      ', request: "',
      ' HTTP/1.1"',
      ': ',
      'a',
    ]
    const head = '2026/11/28 01:02:03 [error] 1#1: *1 '
    const fronts = [
      '',
      head,
      `${head}x, client: `,
      `${head}x, client: 1.2.3.4, server: `,
      `${head}x, client: 1.2.3.4, server: _, request: "`,
    ]
    const lines = fronts.flatMap((front) =>
      parts.flatMap((part) => ['', ',', '"'].map((end) => front + part.repeat(60_000 / part.length) + end)),
    )
    expect((await passed(lines)).length).toBe(lines.length)
  })
})
