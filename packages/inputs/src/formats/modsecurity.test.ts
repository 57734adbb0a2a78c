import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const row = (address: string, time: string, events = 1) =>
  `${address} crowdsecurity/modsecurity ${time} ${time} ${events}`

test.each([
  [
    'modsecurity-audit.json',
    [
      row('203.0.113.7', '2026-11-28T00:41:13.000Z', 3),
      row('203.0.113.8', '2026-11-28T00:41:13.000Z'),
      row('2001:db8::7', '2026-11-28T00:41:14.000Z'),
    ],
  ],
  [
    'modsecurity-audit-serial.log',
    [row('203.0.113.7', '2026-11-28T00:41:14.000Z', 3), row('203.0.113.8', '2026-11-28T00:41:14.000Z', 2)],
  ],
  [
    'modsecurity-nginx-error.log',
    [row('82.64.145.141', '2021-11-18T08:34:27.000Z'), row('143.198.55.184', '2021-12-09T14:43:51.000Z')],
  ],
  // Ten messages about one request.
  [
    'modsecurity-apache-error.log',
    ['::1 crowdsecurity/modsecurity 2021-09-30T13:27:06.009Z 2021-09-30T13:27:06.010Z 1'],
  ],
  ['coraza-audit.json', ['1: its time is none']],
])('%s', async (name, expected) => {
  expect(await tableOf('modsecurity', sample(name), { allowPrivate: true })).toEqual(expected)
})

const TIME = '2026-11-28T00:41:14.000Z'
const LFI = { id: 930100, msg: 'Path Traversal Attack (/../)', severity: 2, tags: ['attack-lfi', 'paranoia-level/1'] }
const coraza = (data: object = LFI) =>
  JSON.stringify({
    transaction: {
      ...{ id: 'x', unix_timestamp: 1_795_826_474_000_000_000, client_ip: '203.0.113.9' },
      request: { method: 'GET', uri: '/a?token=hunter2', headers: { 'x-forwarded-for': ['203.0.113.77'] } },
    },
    messages: [{ message: 'b', data }],
  })

test.each([
  ['Coraza', coraza()],
  [
    'ModSecurity 2',
    JSON.stringify({
      transaction: { time: '28/Nov/2026:01:41:14.000000 +0100', remote_address: '203.0.113.9' },
      request: { request_line: 'GET /a HTTP/1.1', headers: {} },
      audit_data: { messages: ['Warning. Pattern match "x" [id "930100"] [msg "m"] [severity "CRITICAL"]'] },
    }),
  ],
  [
    'Coraza in Caddy',
    JSON.stringify({
      ...{ level: 'error', ts: 1_795_826_474, logger: 'http.handlers.waf' },
      msg: '[client "203.0.113.9"] Coraza: Warning. x [id "930100"] [msg "m"] [severity "critical"]',
    }),
  ],
  [
    'ModSecurity 2, in parts',
    [
      '--c7036611-A--',
      '[28/Nov/2026:01:41:14.000000 +0100] YVW7KjiKxXlACWj0fjsbkgAAAEk 203.0.113.9 37752 198.51.100.2 80',
      '--c7036611-B--',
      'GET /a HTTP/1.1',
      '',
      '--c7036611-H--',
      'Message: Warning. Pattern match "x" at ARGS:a. [id "930100"] [msg "m"] [severity "CRITICAL"]',
      'Action: Intercepted (phase 2)',
      '--c7036611-Z--',
      '',
    ].join('\n'),
  ],
])('a critical rule of %s is an attack', async (_, lines) => {
  expect(await tableOf('modsecurity', lines)).toEqual([row('203.0.113.9', TIME)])
})

test.each([
  ['a plain 401 without a rule', []],
  ['a rule that warns', [{ severity: '4', tags: [] }]],
  ['one request that only rules of paranoia level 3 notice', [{ severity: '2', tags: ['paranoia-level/3'] }]],
])('%s is none', async (_, rules) => {
  const messages = rules.map((details) => ({ message: 'm', details: { ruleId: '1', ...details } }))
  const transaction = { client_ip: '203.0.113.9', time_stamp: 'Sat Nov 28 00:41:14 2026', messages }
  expect(await tableOf('modsecurity', [JSON.stringify({ transaction })])).toEqual([])
})

test('two requests that rules of paranoia level 3 notice are one attack', async () => {
  const line = coraza({ ...LFI, tags: ['paranoia-level/3'] })
  expect(await tableOf('modsecurity', [line, line])).toEqual([row('203.0.113.9', TIME, 2)])
})

test('what a client posts cannot end its transaction or begin another', async () => {
  const forged = [
    '---DxdefTLy---Z--',
    '---DxdefTLz---A--',
    '[28/Nov/2026:00:41:14 +0000] 1.1 203.0.113.77 33000 198.51.100.2 81',
    '---DxdefTLz---H--',
    'ModSecurity: Warning. [id "930100"] [msg "m"] [severity "2"]',
    '---DxdefTLz---Z--',
  ]
  const lines = [
    '---Ab3defTx---A--',
    '[28/Nov/2026:00:41:14 +0000] 179582647457.788521 203.0.113.9 33000 198.51.100.2 81',
    '---Ab3defTx---B--',
    'POST /a HTTP/1.1',
    '---Ab3defTx---C--',
    ...forged,
    '---Ab3defTx---H--',
    'ModSecurity: Warning. x [id "930100"] [msg "m"] [severity "2"]',
    '---Ab3defTx---Z--',
  ]
  expect(await tableOf('modsecurity', lines)).toEqual([row('203.0.113.9', TIME)])
  expect(await tableOf('modsecurity', lines.slice(0, -1))).toEqual(['1: the transaction that begins here has no end'])
})

test('a rule’s message that says two severities is refused, not guessed', async () => {
  const line =
    '[Sat Nov 28 00:41:14.000000 2026] [:error] [pid 1:tid 2] [client 203.0.113.9:1] [client 203.0.113.9] ModSecurity: Warning. x [id "920350"] [msg "m"] [data "x"] [severity "2"] [y"] [severity "WARNING"] [unique_id "a"]'
  expect(await tableOf('modsecurity', [line])).toEqual(['1: its rule messages can be read in two ways'])
})

test('no cookie, password, posted value or query is told', async () => {
  const json = sample('modsecurity-audit.json') + sample('modsecurity-audit-serial.log') + coraza()
  const told = JSON.stringify(await itemsOf('modsecurity', json))
  for (const secret of ['hunter2', 'example-cookie', 'YWRtaW46ZXhhbXBsZS00', 'etc/passwd', 'password']) {
    expect(told).not.toContain(secret)
  }
  expect(JSON.stringify(await itemsOf('modsecurity', coraza(), { include: ['queries'] }))).toContain('/a?token=hunter2')
})
