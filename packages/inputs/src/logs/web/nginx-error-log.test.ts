import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileText, INNOCENT } from '../../../test/hostile-text.js'
import { readNginxErrorLine } from './nginx-error-log.js'

const PEER = '198.51.100.7'
const AT = Date.parse('2026-11-28T01:02:03Z')
const HEAD = '2026/11/28 01:02:03 [error] 13232#13232: *25 '
const BEHIND = `, client: ${PEER}, server: _, request: "GET /a HTTP/1.1", host: "h"`
const read = (line: string) => readNginxErrorLine(line, { utc: true })

describe('a line of nginx’s error log', () => {
  test.each([
    ['user "bob" was not found in "/etc/nginx/htpasswd"', 'bob'],
    ['user "bob": password mismatch', 'bob'],
    ['user "a b", "c" [x" was not found in "/etc/nginx/htpasswd"', 'a b", "c" [x'],
    [`user "${'x'.repeat(60_000)}": password mismatch`, 'x'.repeat(60_000)],
  ])('tells of a refused login: %s', (message, target) => {
    expect(read(HEAD + message + BEHIND)).toEqual({ kind: 'http-login', address: PEER, at: AT, target })
  })

  test.each([
    ['access forbidden by rule', 403],
    ['directory index of "/srv/html/dir/" is forbidden', 403],
    ['open() "/srv/html/lim" failed (2: No such file or directory)', 404],
    ['open() "/srv/html/a/b" failed (20: Not a directory)', 404],
    ['open() "/srv/html/aaaa" failed (36: File name too long)', 404],
    ['open() "/srv/html/secret" failed (13: Permission denied)', 403],
    ['open() "/srv/html/a"b" failed (2: No such file or directory)', 404],
    ['"/srv/html/x/index.html" is not found (2: No such file or directory)', 404],
    ['"/srv/html/x/index.html" is forbidden (13: Permission denied)', 403],
    ['limiting requests, excess: 1.000 by zone "one"', 503],
    ['limiting connections by zone "c"', 503],
    ['client sent invalid request while reading client request line', 400],
    ['client sent HTTP/1.1 request without "Host" header while reading client request headers', 400],
    ['client sent plain HTTP request to HTTPS port while reading client request headers', 400],
    ['client SSL certificate verify error: (18:self-signed certificate) while reading client request headers', 400],
  ])('tells of a request that failed: %s', (message, status) => {
    expect(read(HEAD + message + BEHIND)).toEqual({
      kind: 'http-request',
      address: PEER,
      at: AT,
      target: 'GET /a',
      status,
    })
  })

  test.each([
    'SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking',
    'SSL_do_handshake() failed (SSL: error:0A000412:SSL routines::ssl/tls alert bad certificate:SSL alert number 42) while SSL handshaking',
    'peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking',
    'no "ssl_certificate" is defined in server listening on SSL port while SSL handshaking',
  ])('tells of a broken handshake: %s', (message) => {
    const line = `2026/11/28 01:02:03 [crit] 12#12: *5 ${message}, client: 2001:db8::7, server: [::]:443`
    expect(read(line)).toEqual({ kind: 'http-request', address: '2001:db8::7', at: AT, target: '', status: 400 })
  })

  test('tells of what ModSecurity stopped, by the peer in front of its message', () => {
    const message = `[client ${PEER}] ModSecurity: Access denied with code 403 (phase 2). Matched ", client: ${INNOCENT}," [uri "/x"] [unique_id "1"]`
    expect(read(HEAD + message + BEHIND)).toMatchObject({ address: PEER, status: 403, target: '/x' })
  })

  test('is read behind a syslog header too', () => {
    const line = `Nov 28 01:02:03 web nginx: ${HEAD}access forbidden by rule${BEHIND}`
    expect(read(line)).toMatchObject({ address: PEER, at: AT })
  })

  test('has the host’s time, unless it is said to be UTC', () => {
    const line = `${HEAD}access forbidden by rule${BEHIND}`
    const zone = process.env.TZ
    process.env.TZ = 'America/New_York'
    try {
      expect(readNginxErrorLine(line)?.at).toBe(Date.parse('2026-11-28T01:02:03-05:00'))
      expect(readNginxErrorLine(line, { utc: true })?.at).toBe(AT)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test.each([
    ['a path that holds the words before the peer', `open() "/srv/a , client: ${INNOCENT}, " failed (2: x)${BEHIND}`],
    [
      'a path that ends one message and starts another',
      `open() "/srv/x" failed (2: x), client: ${INNOCENT}, server: _, request: "GET / HTTP/1.1", host: "h" failed (2: x)${BEHIND}`,
    ],
    [
      'a path that forges the end, in a record that was cut before its own',
      `open() "/srv/x" failed (2: x), client: ${INNOCENT}, server: _, request: "GET / HTTP/1.1", host: "aaa... (2: No such file or directory), clie`,
    ],
    ['a record that was cut in the peer', `open() "/srv/aaa... (2: No such file or directory), client: 198.5`],
    [
      'a header that is quoted',
      `client sent invalid header line: "x, client: ${INNOCENT}, server: _" while reading${BEHIND}`,
    ],
    ['a host that is quoted', `client sent duplicate host header: "Host: x, client: ${INNOCENT}, server: _"${BEHIND}`],
    ['a failure of the server’s own', `open() "/srv/html/a" failed (24: Too many open files)${BEHIND}`],
    ['an upstream that failed', `connect() failed (111: Connection refused) while connecting to upstream${BEHIND}`],
    ['no peer', 'open() "/srv/html/a" failed (2: No such file or directory)'],
    ['a peer that is a socket', `access forbidden by rule, client: unix:, server: _, request: "GET / HTTP/1.1"`],
    ['a peer with a leading zero', `access forbidden by rule, client: 1.2.3.04, server: _, request: "GET / HTTP/1.1"`],
    ['a message that nobody knows', `something happened${BEHIND}`],
  ])('is not read with %s', (_, rest) => {
    expect(read(HEAD + rest)).toBeUndefined()
  })

  test('is not read with a time that is none, or of a program that is not nginx', () => {
    expect(read(`2026/02/30 01:02:03 [error] 1#1: *5 access forbidden by rule${BEHIND}`)).toBeUndefined()
    expect(read(`2026/11/28 24:02:03 [error] 1#1: *5 access forbidden by rule${BEHIND}`)).toBeUndefined()
    expect(read(`Nov 28 01:02:03 web app[1]: ${HEAD}access forbidden by rule${BEHIND}`)).toBeUndefined()
  })

  test('names the peer or nobody, whatever the client writes and wherever nginx cuts the record', () => {
    const noColon = hostileText().map((text) => text.replaceAll(':', ''))
    const arbitrary = fc.record({
      user: noColon,
      path: hostileText(),
      request: hostileText(),
      host: hostileText(),
      referrer: hostileText(),
      pad: fc.constantFrom(0, 1_700, 1_850, 1_900, 1_950, 2_000),
      message: fc.constantFrom<(user: string, path: string) => [text: string, error: string]>(
        (user) => [`user "${user}" was not found in "/etc/htpasswd"`, ''],
        (user) => [`user "${user}": password mismatch`, ''],
        (_, path) => [`open() "/srv/html/${path}" failed`, ' (2: No such file or directory)'],
        (_, path) => [`"/srv/html/${path}index.html" is not found`, ' (20: Not a directory)'],
        (_, path) => [`directory index of "/srv/html/${path}" is forbidden`, ''],
        (_, path) => [`client sent invalid header line: "${path}" while reading client request headers`, ''],
        (_, path) => [`client sent duplicate host header: "Host: ${path}"`, ''],
        (_, path) => [`rewrite or internal redirection cycle while processing "${path}"`, ''],
        () => ['access forbidden by rule', ''],
      ),
    })
    fc.assert(
      fc.property(arbitrary, ({ user, path, request, host, referrer, pad, message }) => {
        const [text, error] = message(user + 'a'.repeat(pad), path + 'a'.repeat(pad))
        const head = HEAD + text
        const front = error !== '' && head.length > 1_998 ? `${head.slice(0, 1_998)}...${error}` : head + error
        const record = `${front}, client: ${PEER}, server: _, request: "${request}", host: "${host}", referrer: "${referrer}"`
        expect(read(record)?.address ?? PEER).toBe(PEER)
        const bytes = Buffer.from(record)
        if (bytes.length > 2_047) expect(read(bytes.subarray(0, 2_047).toString())?.address ?? PEER).toBe(PEER)
      }),
      { numRuns: 500 },
    )
  })

  test('of 64 KiB is decided without going back over it again and again, whatever fills its fields', () => {
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => `user "${text}${BEHIND}`,
      (text) => `open() "${text}${BEHIND}`,
      (text) => `open() "x" failed (${text})${BEHIND}`,
      (text) => `client sent ${text}${BEHIND}`,
      (text) => `client SSL certificate verify error: (18:${text}${BEHIND}`,
      (text) => `SSL_read() failed (SSL: error:${text}${BEHIND}`,
      (text) => `peer closed connection in SSL handshake${text}${BEHIND}`,
      (text) => `access forbidden by rule, client: ${PEER}, server: ${text}`,
      (text) => `access forbidden by rule${BEHIND}, referrer: "${text}"`,
      (text) => `[client ${PEER}] ModSecurity: Access denied with code 403 ${text}`,
    ]
    const parts = ['"', '" was not found in "', ', client: ', '(2: ', ') while ', ' while a', 'a', ':', ', server: ']
    for (const form of forms)
      for (const part of [...parts, '" failed (2: x)', ', request: "', ' [uri "', '1', '.', ' HTTP/1.1"'])
        for (const end of ['', ':', ',', '"'])
          expect(read(HEAD + form(part.repeat(60_000 / part.length) + end))?.address ?? PEER).toBe(PEER)
  })
})
