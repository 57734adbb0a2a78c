import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileText } from '../../../test/hostile-text.js'
import { readAccessLine } from './access-log.js'

const PEER = '198.51.100.7'
const TIME = '[28/Nov/2026:01:02:03 +0100]'
const AT = Date.parse('2026-11-28T00:02:03Z')
const BACK = `${TIME} "GET /a HTTP/1.1" 404 162`
const HEADERS = '"-" "curl/8"'

/** As nginx writes `$remote_user` and headers, and as Apache writes `%u` and headers. */
const nginx = (text: string) =>
  text.replace(/["\\]|\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
const apache = (text: string) =>
  text
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replace(/\p{Cc}/gu, '\\x00')

describe('an access line', () => {
  test.each([
    ['common', `${PEER} - - ${BACK}`, {}],
    ['combined', `${PEER} - - ${BACK} ${HEADERS}`, { userAgent: 'curl/8' }],
    ['combined with a user', `${PEER} - bob ${BACK} ${HEADERS}`, { userAgent: 'curl/8' }],
    ['of Apache with an empty user name', `${PEER} - "" ${BACK} ${HEADERS}`, { userAgent: 'curl/8' }],
    ['with Apache’s virtual host', `www.example.org:443 ${PEER} - - ${BACK} ${HEADERS}`, { userAgent: 'curl/8' }],
    ['with nginx’s virtual host', `www.example.org ${PEER} - - ${BACK} ${HEADERS}`, { userAgent: 'curl/8' }],
    ['with nginx’s catch-all host', `_ ${PEER} - - ${BACK}`, {}],
    ['with a virtual host that the client did not name', `:18080 ${PEER} - - ${BACK}`, {}],
    [
      'with a forwarded address and a duration behind',
      `${PEER} - - ${BACK} ${HEADERS} "203.0.113.77" 0.004`,
      { userAgent: 'curl/8' },
    ],
    ['with the duration before the headers', `${PEER} - - ${BACK} 0.004 ${HEADERS}`, {}],
    ['behind a syslog header', `Nov 28 01:02:03 web nginx[12]: ${PEER} - - ${BACK}`, {}],
    ['behind a syslog header with a priority', `<190>Nov 28 01:02:03 web nginx: ${PEER} - - ${BACK}`, {}],
    ['behind a syslog header without a host', `Nov 28 01:02:03 nginx: ${PEER} - - ${BACK}`, {}],
    ['behind one of RFC 5424', `<190>1 2026-11-28T01:02:03Z web nginx 12 - - ${PEER} - - ${BACK}`, {}],
    [
      'in an entry of the journal',
      JSON.stringify({ __REALTIME_TIMESTAMP: '1', SYSLOG_IDENTIFIER: 'nginx', MESSAGE: `${PEER} - - ${BACK}` }),
      {},
    ],
    ['behind one of nginx’s own', `Nov 28 01:02:03 web nginx: ${PEER} - - ${BACK}`, {}],
    ['behind one with an RFC 3339 time', `2026-11-28T01:02:03.5+01:00 web apache2[12]: ${PEER} - - ${BACK}`, {}],
  ])('is read in the format %s', (_, line, more) => {
    expect(readAccessLine(line)).toEqual({
      kind: 'http-request',
      address: PEER,
      at: AT,
      target: 'GET /a',
      status: 404,
      ...more,
    })
  })

  test('names an IPv6 peer, and an IPv4 one that came over IPv6, in one form each', () => {
    expect(readAccessLine(`2001:DB8::0:7 - - ${BACK}`)?.address).toBe('2001:db8::7')
    expect(readAccessLine(`::ffff:${PEER} - - ${BACK}`)?.address).toBe(PEER)
  })

  test.each([
    ['a user name that quotes a whole line', 'x [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "-" '],
    ['a user name that holds a time', 'x [10/Oct/2026'],
    ['a user name of 60,000 signs', 'x'.repeat(60_000)],
    ['a user name of blanks and brackets', '[ ] [['],
  ])('is read by its peer, time and status in spite of %s', (_, user) => {
    for (const escaped of [nginx(user), apache(user)])
      expect(readAccessLine(`${PEER} - ${escaped} ${BACK}`)).toMatchObject({
        address: PEER,
        at: AT,
        target: 'GET /a',
        status: 404,
      })
  })

  test.each([
    ['two addresses in front, one of them the host that a client named', `203.0.113.77 ${PEER} - - ${BACK}`],
    ['and the same with the host behind the peer', `${PEER} 203.0.113.77 - - ${BACK}`],
    ['an address with a port in front of an address', `203.0.113.77:443 ${PEER} - - ${BACK}`],
    ['an IPv6 host in front', `[2001:db8::1]:443 ${PEER} - - ${BACK}`],
    ['a list of forwarded addresses in front', `203.0.113.77, 203.0.113.78 ${PEER} - - ${BACK}`],
    ['a forwarded list in the peer’s place', `203.0.113.77, 203.0.113.78 - - ${BACK}`],
    ['a header in front that looks like a peer and a user', `203.0.113.77 - x ${PEER} - - ${BACK}`],
    ['the same, with a port at the real peer', `203.0.113.77 - x ${PEER}:4242 - ${BACK}`],
    ['the same, with a name in the real peer’s place', `a 203.0.113.77 - scanner.example - - ${BACK}`],
    ['nothing but a dash in front of an address', `- ${PEER} - - ${BACK}`],
    ['the name of an identified user', `${PEER} bob - ${BACK}`],
    ['two times with requests behind', `${PEER} - - ${BACK} "a ${TIME} "GET /b HTTP/1.1" 200 1`],
    ['a range for an address', `198.51.100.0/24 - - ${BACK}`],
    ['an address with a leading zero', `1.2.3.04 - - ${BACK}`],
    ['a socket for an address', `unix: - - ${BACK}`],
    ['no address', `${BACK}`],
    ['a day that is none', `${PEER} - - [31/Nov/2026:01:02:03 +0000] "GET / HTTP/1.1" 404 1`],
    ['a month that is none', `${PEER} - - [30/Foo/2026:01:02:03 +0000] "GET / HTTP/1.1" 404 1`],
    ['a request that never ends', `${PEER} - - ${TIME} "GET /`],
    ['a status that is none', `${PEER} - - ${TIME} "GET /" 4040 1`],
    [
      'another program in an entry of the journal, which calls itself nginx',
      JSON.stringify({
        ...{ __REALTIME_TIMESTAMP: '1', SYSLOG_IDENTIFIER: 'nginx', _COMM: 'logger' },
        MESSAGE: `${PEER} - - ${BACK}`,
      }),
    ],
    ['another program in the syslog header', `Nov 28 01:02:03 web postfix[1]: ${PEER} - - ${BACK}`],
    ['more than 64 KiB', `${PEER} - ${'x'.repeat(65_536)} ${BACK}`],
  ])('is not read with %s', (_, line) => {
    expect(readAccessLine(line)).toBeUndefined()
  })

  test('of any format that shows the peer names the peer or nobody, whatever the client writes', () => {
    const arbitrary = fc.record({
      user: hostileText(),
      host: hostileText(),
      path: hostileText(),
      header: hostileText(),
      forwarded: hostileText(),
      written: fc.constantFrom(nginx, apache),
      format: fc.constantFrom<(is: Record<string, string>) => string>(
        (is) => `${PEER} - ${is.user} ${TIME} "GET ${is.path} HTTP/1.1" 404 5`,
        (is) => `${PEER} - ${is.user} ${TIME} "GET ${is.path} HTTP/1.1" 404 5 "${is.header}" "${is.header}"`,
        (is) => `${PEER} - - ${TIME} "${is.path}" 400 5 "${is.header}" "${is.header}" "${is.forwarded}" 0.1 ${is.host}`,
        (is) => `${is.host} ${PEER} - ${is.user} ${TIME} "GET ${is.path} HTTP/1.1" 404 5 "-" "${is.header}"`,
        (is) => `${is.host}:443 ${PEER} - ${is.user} ${TIME} "GET ${is.path} HTTP/1.1" 404 5`,
        (is) => `${is.forwarded} ${PEER} - - ${TIME} "GET ${is.path} HTTP/1.1" 404 5`,
        (is) => `${is.forwarded} - ${PEER} - - ${TIME} "GET ${is.path} HTTP/1.1" 404 5`,
        (is) => `${PEER} ${is.host} - ${is.user} ${TIME} "GET ${is.path} HTTP/1.1" 404 5`,
        (is) => `Nov 28 01:02:03 web nginx[12]: ${is.host} ${PEER} - ${is.user} ${TIME} "GET ${is.path}" 404 5`,
      ),
    })
    fc.assert(
      fc.property(arbitrary, ({ written, format, ...texts }) => {
        const escaped = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, written(text)]))
        const event = readAccessLine(format(escaped))
        expect(event?.address ?? PEER).toBe(PEER)
        expect(event?.at ?? AT).toBe(AT)
        expect([404, 400]).toContain(event?.status ?? 404)
      }),
      { numRuns: 500 },
    )
  })

  test('of 64 KiB is decided without going back over it again and again, whatever fills its fields', () => {
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => `${text} ${PEER} - - ${BACK}`,
      (text) => `${PEER} - ${text}`,
      (text) => `${PEER} - ${text} ${BACK}`,
      (text) => `${PEER} - - ${TIME} "${text}`,
      (text) => `${PEER} - - ${TIME} "${text}" 404 5`,
      (text) => `${PEER} - - ${BACK} "${text}" "${text}"`,
      (text) => `Nov 28 01:02:03 web ${text}: ${PEER} - - ${BACK}`,
    ]
    const parts = [
      '"',
      '\\"',
      ' - ',
      '[',
      TIME,
      ` ${TIME} "`,
      '1.2.3.4 ',
      'a',
      ':',
      '.',
      '-nginx',
      '\\',
      ' ',
      '1:',
      '::1',
    ]
    for (const form of forms)
      for (const part of parts)
        for (const end of ['', 'a', ',', '"'])
          expect(readAccessLine(form(part.repeat(30_000 / part.length) + end))?.address ?? PEER).toBe(PEER)
  })
})
