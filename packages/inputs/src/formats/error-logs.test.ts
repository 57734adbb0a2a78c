import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

test('nginx-error: nginx-http-generic-bf.log', async () => {
  expect(await tableOf('nginx-error', sample('nginx-http-generic-bf.log'), { allowPrivate: true })).toEqual([
    '127.0.0.1 crowdsecurity/http-generic-bf 2021-09-30T09:23:53.000Z 2021-09-30T09:23:53.000Z 16',
  ])
})

test('apache-error: modsecurity-apache-error.log, whose one denied request is no brute force', async () => {
  expect(await tableOf('apache-error', sample('modsecurity-apache-error.log'), { allowPrivate: true })).toEqual([])
})

const nginx = (address: string) =>
  `2026/11/28 00:00:00 [error] 12#12: *5 user "hunter2": password mismatch, client: ${address}, server: _, request: "GET / HTTP/1.1", host: "h"`
const apache = (address: string) =>
  `[Sat Nov 28 00:00:00.000000 2026] [auth_basic:error] [pid 7:tid 9] [client ${address}:4242] AH01617: user hunter2: authentication failure for "/": Password Mismatch`
const BRUTE_FORCE = '203.0.113.9 crowdsecurity/http-generic-bf 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 6'

test.each([
  ['nginx-error', nginx],
  ['apache-error', apache],
] as const)('%s: six refused logins are one attack, told without the user unless asked for', async (format, line) => {
  const lines = Array.from({ length: 6 }, () => line('203.0.113.9'))
  expect(await tableOf(format, lines)).toEqual([BRUTE_FORCE])
  expect(await tableOf(format, lines.slice(1))).toEqual([])
  expect(JSON.stringify(await itemsOf(format, lines))).not.toContain('hunter2')
  expect(JSON.stringify(await itemsOf(format, lines, { include: ['users'] }))).toContain('hunter2')
})

test('a line that a client wrote into nginx’s error log by a path is refused by number', async () => {
  const end = ` failed (2: No such file or directory), client: 203.0.113.9, server: _, request: "GET /x%0a2026 HTTP/1.1", host: "h"`
  const lines = ['2026/11/28 00:00:00 [error] 1#1: *2 open() "/srv/x', nginx('203.0.113.77'), `"${end}`]
  expect(await tableOf('nginx-error', lines)).toEqual(['2: a client may have written this line'])
})
