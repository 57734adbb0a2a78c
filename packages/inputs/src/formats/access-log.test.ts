import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

test.each([
  [
    'apache-http-probing.log',
    ['172.17.0.1 crowdsecurity/http-probing 2021-09-29T12:37:05.000Z 2021-09-29T12:37:05.000Z 77'],
  ],
  [
    'http-admin-interface-probing.log',
    ['157.230.234.189 crowdsecurity/http-admin-interface-probing 2024-01-18T14:31:16.000Z 2024-01-18T14:31:16.000Z 3'],
  ],
  [
    'http-bf-wordpress-bf.log',
    ['81.150.104.130 crowdsecurity/http-bf-wordpress_bf 2021-09-15T16:13:46.000Z 2021-09-15T16:13:46.000Z 9'],
  ],
  [
    'nginx-http-generic-bf.log',
    ['127.0.0.1 LePresidente/http-generic-401-bf 2022-03-06T16:14:13.000Z 2022-03-06T16:14:13.000Z 6'],
  ],
  [
    'nginx-http-sensitive-files.log',
    ['127.0.0.1 crowdsecurity/http-sensitive-files 2021-09-30T07:58:05.000Z 2021-09-30T07:58:05.000Z 9'],
  ],
  [
    'nginx-http-xss-probing.log',
    ['127.0.0.1 crowdsecurity/http-xss-probing 2021-09-30T09:14:41.000Z 2021-09-30T09:14:41.000Z 23'],
  ],
  ['nginx-access.json', []],
  ['caddy-access.json', []],
  [
    'caddy-basic-auth-bf.json',
    ['127.0.0.1 crowdsecurity/http-generic-bf 2024-03-29T19:50:27.962Z 2024-03-29T19:50:27.962Z 6'],
  ],
  ['traefik-access.json', []],
])('%s', async (name, expected) => {
  expect(await tableOf('access-log', sample(name), { allowPrivate: true })).toEqual(expected)
})

test('an attacker in a private network is refused once, and not for each line', async () => {
  expect(await tableOf('access-log', sample('apache-http-probing.log'))).toEqual([
    '1: 172.17.0.1 is private: no attacker comes from there, but a proxy in front may hide the real one',
  ])
})

const PATHS = ['/.env', '/.git/HEAD', '/.aws/credentials', '/.ssh/id_rsa', '/.htpasswd']
const nginx = (path: string, more: object = {}) =>
  JSON.stringify({
    ...{ time: '2026-11-28T01:00:00+01:00', remote_addr: '203.0.113.9', remote_user: '' },
    ...{ request_method: 'GET', request_uri: path, status: 404, http_x_forwarded_for: '203.0.113.77', ...more },
  })
const caddy = (path: string) =>
  JSON.stringify({
    ...{ level: 'info', ts: 1_795_824_000.5, logger: 'http.log.access', msg: 'handled request', status: 404 },
    request: {
      ...{ remote_ip: '203.0.113.9', client_ip: '203.0.113.9', method: 'GET', uri: path },
      headers: { 'X-Forwarded-For': ['203.0.113.77'], 'User-Agent': ['curl/8'] },
    },
    resp_headers: {},
  })
const traefik = (path: string, peer = '203.0.113.9:4242', host = '203.0.113.77') =>
  JSON.stringify({
    ...{ ClientAddr: peer, ClientHost: host, ClientUsername: '-', DownstreamStatus: 404 },
    ...{ RequestMethod: 'GET', RequestPath: path, StartUTC: '2026-11-28T00:00:00.000000001Z' },
  })
const ATTACK = /^203\.0\.113\.9 crowdsecurity\/http-sensitive-files 2026-11-28T00:00:00\.[05]00Z \S+ 5$/

test.each([
  ['nginx', nginx],
  ['Caddy', caddy],
  ['Traefik', traefik],
])('JSON lines of %s name the peer, and nobody of a header', async (_, line) => {
  const table = await tableOf(
    'access-log',
    PATHS.map((path) => line(path)),
  )
  expect(table).toEqual([expect.stringMatching(ATTACK)])
})

test('of Traefik, a proxy of one’s own is believed about its client, and nobody else', async () => {
  const lines = PATHS.map((path) => traefik(path, '192.0.2.1:80', '203.0.113.77, 203.0.113.9, 192.0.2.2'))
  expect(await tableOf('access-log', lines, { trustedProxies: ['192.0.2.0/24'] })).toEqual([
    expect.stringMatching(ATTACK),
  ])
  expect(await tableOf('access-log', lines)).toEqual([expect.stringMatching(/^192\.0\.2\.1 /)])
})

test('a client that names a second address, where nginx does not escape what it writes, is refused', async () => {
  const forged = nginx('/.env').replace('"GET"', '"GET","remote_addr":"203.0.113.77"')
  expect(await tableOf('access-log', [forged])).toEqual(['1: it has two remote_addr: use escape=json'])
})

test('refused logins with HTTP’s own authentication are told without the user, unless asked for', async () => {
  const lines = Array.from({ length: 6 }, () => nginx('/', { status: 401, remote_user: 'hunter2' }))
  const items = await itemsOf('access-log', lines)
  expect(items).toMatchObject([{ signal: { scenario: 'crowdsecurity/http-generic-bf' } }])
  expect(JSON.stringify(items)).not.toContain('hunter2')
  expect(JSON.stringify(await itemsOf('access-log', lines, { include: ['users'] }))).toContain('hunter2')
})

test('a query is told only where that is asked for', async () => {
  const lines = PATHS.map((path) => nginx(`${path}?token=hunter2`))
  expect(JSON.stringify(await itemsOf('access-log', lines))).not.toContain('hunter2')
  expect(JSON.stringify(await itemsOf('access-log', lines, { include: ['queries'] }))).toContain('hunter2')
})

test('a picture that is missing is no probing, and a page that is there neither', async () => {
  const lines = Array.from({ length: 30 }, (_, page) => [
    nginx(`/pictures/${page}.png`),
    nginx(`/pages/${page}`, { status: 200 }),
  ])
  expect(await tableOf('access-log', lines.flat())).toEqual([])
})

test('half a line is refused, and lines of other programs are counted as of no use', async () => {
  expect(await tableOf('access-log', [nginx('/').slice(0, 50), '{"a":1}', 'DEBUG: something'])).toEqual([
    '1: it is no JSON, or only part of it',
  ])
})

test.each([
  ["/?id=1'%20or%201=%d", 'crowdsecurity/http-sqli-probing', 11],
  ['/?id=1+union/**/all+select+%d', 'crowdsecurity/http-sqli-probing', 11],
  ['/%d?x=../../../etc/passwd', 'crowdsecurity/http-path-traversal-probing', 4],
  ['/%d/%2e%2e/%2e%2e/bin/sh', 'crowdsecurity/http-path-traversal-probing', 4],
  ['/%d?q=<script>', 'crowdsecurity/http-xss-probing', 6],
])('different requests like %s are %s from the %ith on', async (path, scenario, count) => {
  const lines = Array.from({ length: count }, (_, request) =>
    nginx(path.replace('%d', String(request)), { status: 200 }),
  )
  expect(await tableOf('access-log', lines)).toEqual([expect.stringContaining(` ${scenario} `)])
  expect(await tableOf('access-log', lines.slice(1))).toEqual([])
})
