import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileText, INNOCENT } from '../../../test/hostile-text.js'
import { readApacheErrorLine } from './apache-error-log.js'

const PEER = '198.51.100.7'
const TIME = '[Sat Nov 28 01:02:03.123456 2026]'
const AT = Date.parse('2026-11-28T01:02:03.123Z')
const HEAD = `${TIME} [core:error] [pid 15172:tid 15176] [client ${PEER}:50464] `
const read = (line: string) => readApacheErrorLine(line, { utc: true })

describe('a line of Apache’s error log', () => {
  test.each([
    ['AH01618: user bob not found: /auth/', 'bob'],
    ['AH01617: user bob: authentication failure for "/auth/": Password Mismatch, referer: http://r/', 'bob'],
    ['AH01618: user x [client 203.0.113.77:5] not found: /auth/', 'x [client 203.0.113.77:5]'],
    ["AH01790: user `eve' in realm `a' not found: /digest/", 'eve'],
    ['AH01792: user eve: password mismatch: /digest/', 'eve'],
    ['AH01807: user \'eve\': authentication failure for "/form": password Mismatch', 'eve'],
    ["AH01808: user 'eve' not found: /form", 'eve'],
    ['AH01695: auth_ldap authenticate: user eve authentication failed; URI /x [a][b]', 'eve'],
    [`AH01618: user ${'x'.repeat(60_000)} not found: /`, 'x'.repeat(60_000)],
  ])('tells of a refused login: %s', (message, target) => {
    expect(read(HEAD + message)).toEqual({ kind: 'http-login', address: PEER, at: AT, target })
  })

  test.each([
    ['AH01630: client denied by server configuration: /srv/html/deny/.env', 403, '/.env'],
    ['AH01797: client denied by server configuration: /srv/html/deny/', 403, '/deny/'],
    ['AH01630: client denied by server configuration: uri /server-status', 403, '/server-status'],
    ['AH10244: invalid URI path (/cgi-bin/.%2e/%2e%2e/etc/passwd)', 400, '/cgi-bin/.%2e/%2e%2e/etc/passwd'],
    ["AH00126: Invalid URI in request '/../x' 'GET /../x HTTP/1.1'", 400, "'/../x' 'GET /../x HTTP/1.1'"],
    ['AH00135: Invalid method in request \\x16\\x03', 400, '\\x16\\x03'],
    ['AH00127: Cannot map GET /a HTTP/1.1 to file', 403, 'GET /a HTTP/1.1'],
    ['AH00128: File does not exist: /srv/html/wp-login.php, referer: http://r/x', 404, '/wp-login.php'],
    ['AH02811: script not found or unable to stat: /usr/lib/cgi-bin/x.cgi', 404, '/x.cgi'],
    ["script '/srv/html/x.php' not found or unable to stat", 404, '/x.php'],
    ["AH01071: Got error 'Primary script unknown\\n'", 404, ''],
    ["AH00036: access to /aaa failed (filesystem path '/srv/html/aaa')", 403, '/aaa'],
    ['AH01276: Cannot serve directory /srv/html/dir/: No matching DirectoryIndex (index.html) found', 403, '/dir/'],
    ['AH02008: SSL library error 1 in handshake (server www.example.org:443)', 400, ''],
    ['AH01996: SSL handshake failed: HTTP spoken on HTTPS port; trying to send HTML error page', 400, ''],
    [
      `[client ${PEER}] ModSecurity: Access denied with code 403 (phase 2). Pattern match "x [uri \\"/y\\"]" at ARGS. [uri "/x"] [unique_id "1"]`,
      403,
      '/x',
    ],
  ])('tells of a request that failed: %s', (message, status, target) => {
    expect(read(HEAD + message)).toEqual({ kind: 'http-request', address: PEER, at: AT, target, status })
  })

  test.each([
    ['of 2.4 without threads', `${TIME} [auth_basic:error] [pid 12] [client ${PEER}:5] AH01618: `],
    [
      'of 2.4 with the failure of a system call',
      `${TIME} [core:error] [pid 1:tid 2] (36)File name too long: [client ${PEER}:5] `,
    ],
    [
      'of 2.4 with the place in the source',
      `${TIME} [core:debug] [pid 1:tid 2] mod_auth.c(12): [client ${PEER}:5] AH01618: `,
    ],
    ['of 2.4 with an address alone', `${TIME} [core:error] [pid 1:tid 2] [client ${PEER}] `],
    ['of 2.2', `[Sat Nov 28 01:02:03 2026] [error] [client ${PEER}] `],
    [
      'of 2.2 with the failure of a system call',
      `[Sat Nov 28 01:02:03 2026] [error] [client ${PEER}] (13)Permission denied: `,
    ],
  ])('is read in the form %s', (_, head) => {
    expect(read(`${head}user bob not found: /`)).toMatchObject({ address: PEER, target: 'bob' })
  })

  test('names an IPv6 peer, behind which 2.4 writes a port and 2.2 does not', () => {
    const head = `${TIME} [core:error] [pid 1:tid 2] `
    expect(read(`${head}[client 2001:db8::7:12345] user x not found: /`)?.address).toBe('2001:db8::7')
    expect(read(`${head}[client ::1:41678] user x not found: /`)?.address).toBe('::1')
    expect(read('[Sat Nov 28 01:02:03 2026] [error] [client 2001:db8::7] user x not found: /')?.address).toBe(
      '2001:db8::7',
    )
  })

  test('has the host’s time, unless it is said to be UTC', () => {
    const line = `${HEAD}AH01618: user bob not found: /auth/`
    const zone = process.env.TZ
    process.env.TZ = 'Asia/Tokyo'
    try {
      expect(readApacheErrorLine(line)?.at).toBe(Date.parse('2026-11-28T01:02:03.123+09:00'))
      expect(readApacheErrorLine(line, { utc: true })?.at).toBe(AT)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test.each([
    [
      'a server that Apache asked',
      `${TIME} [proxy:error] [pid 1:tid 2] [remote ${INNOCENT}:80] AH01618: user x not found: /`,
    ],
    ['no client', `${TIME} [ssl:info] [pid 1:tid 2] SSL Library Error: [client ${INNOCENT}:80] user x not found: /`],
    ['an address in brackets', `${TIME} [core:error] [pid 1:tid 2] [client [2001:db8::7]:5] user x not found: /`],
    ['a leading zero in the address', `${TIME} [core:error] [pid 1:tid 2] [client 1.2.3.04:5] user x not found: /`],
    ['a name for an address', `${TIME} [core:error] [pid 1:tid 2] [client example.org:5] user x not found: /`],
    ['a warning of ModSecurity’s that stopped nothing', `${HEAD}ModSecurity: Warning. Pattern match "x" [uri "/x"]`],
    ['a message that nobody knows', `${HEAD}AH00000: user friendly`],
    ['a day that is none', `${HEAD.replace('Nov 28', 'Nov 31')}user x not found: /`],
  ])('is not read with %s', (_, line) => {
    expect(read(line)).toBeUndefined()
  })

  test.each([
    '(2: x), referer: [client 203.0.113.77:80] AH01618: user x not found: /',
    '(2)x, referer: [client 203.0.113.77:80] AH01618: user x not found: /',
    '(x)y: [client 203.0.113.77:80] AH01618: user x not found: /',
  ])('takes nobody out of a script’s own line: %s', (message) => {
    const line = `[Sat Nov 28 01:02:03.000001 2026] [cgi:error] [pid 1:tid 2] ${message}`
    expect(readApacheErrorLine(line)).toBeUndefined()
  })

  test('names the peer or nobody, whatever the client writes', () => {
    const written = (text: string) =>
      text
        .replaceAll('\\', '\\\\')
        .replaceAll('\n', '\\n')
        .replace(/\p{Cc}/gu, '\\x00')
    const message = fc.constantFrom<(text: string) => string>(
      (text) => `AH01618: user ${text} not found: /auth/`,
      (text) => `AH01617: user ${text}: authentication failure for "${text}": Password Mismatch`,
      (text) => `AH01630: client denied by server configuration: /srv/${text}`,
      (text) => `AH10244: invalid URI path (${text})`,
      (text) => `AH00128: File does not exist: /srv/${text}`,
      (text) =>
        `[client ${PEER}] ModSecurity: Access denied with code 403 (phase 2). Match of "${text}" [uri "${text}"]`,
      (text) => `AH01215: ${text}`,
      (text) => text,
    )
    const heads = fc.constantFrom(
      HEAD,
      `${TIME} [core:error] [pid 1:tid 2] (36)File name too long: [client ${PEER}:5] `,
      `[Sat Nov 28 01:02:03 2026] [error] [client ${PEER}] `,
      `${TIME} [cgi:error] [pid 1:tid 2] `,
      `${TIME} [proxy:error] [pid 1:tid 2] [remote 192.0.2.1:80] `,
    )
    fc.assert(
      fc.property(heads, message, hostileText(), hostileText(), (head, of, text, referer) => {
        const line = `${head}${written(of(text))}, referer: ${written(referer)}`
        fc.pre(/\[(client|remote) /.test(head) || !text.startsWith('['))
        expect(read(line)?.address ?? PEER).toBe(PEER)
      }),
      { numRuns: 500 },
    )
  })

  test('of 64 KiB is decided without going back over it again and again, whatever fills its fields', () => {
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => `${TIME} [${text}:error] [pid 1] [client ${PEER}:5] user x not found: /`,
      (text) => `${TIME} [a:b] [pid 1] (1)${text}: [client ${PEER}:5] user x not found: /`,
      (text) => `${TIME} [a:b] [pid 1] ${text}(1): [client ${PEER}:5] user x not found: /`,
      (text) => `${TIME} [a:b] [pid 1] [client ${text}] user x not found: /`,
      (text) => HEAD + text,
      (text) => `${HEAD}user ${text}`,
      (text) => `${HEAD}user \`${text}`,
      (text) => `${HEAD}access to ${text}`,
      (text) => `${HEAD}script '${text}`,
      (text) => `${HEAD}Cannot serve directory ${text}`,
      (text) => `${HEAD}ModSecurity: Access denied with code 403 ${text}`,
    ]
    const parts = [
      "'",
      ' not found',
      ': auth',
      '(1)',
      '[client ',
      ', referer: ',
      ' [uri "',
      'a',
      ':',
      ': ',
      "' in realm `",
    ]
    for (const form of forms)
      for (const part of [...parts, ' failed', ': No matching', '1', '.', '/', '"', ': password mismatch'])
        for (const end of ['', ':', ']', '"'])
          expect(read(form(part.repeat(60_000 / part.length) + end))?.address ?? PEER).toBe(PEER)
  })
})
