import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const record = (logtype: number, logdata: object = {}, more: object = {}) =>
  JSON.stringify({
    ...{ dst_host: '198.51.100.2', dst_port: 22, logdata, logtype, node_id: 'n', src_host: '203.0.113.9' },
    ...{ src_port: 49597, utc_time: '2026-11-28 00:39:58.127933', ...more },
  })
const times = (count: number, line: string) => Array.from({ length: count }, () => line)
const row = (scenario: string, events: number) =>
  `203.0.113.9 ${scenario} 2026-11-28T00:39:58.127Z 2026-11-28T00:39:58.127Z ${events}`

test('opencanary.log: a request or two at each service, of which one at a proxy is an attack', async () => {
  expect(await tableOf('opencanary', sample('opencanary.log'))).toEqual([
    '203.0.113.7 crowdsecurity/http-open-proxy 2026-11-28T00:40:06.766Z 2026-11-28T00:40:06.766Z 1',
  ])
})

test.each([
  [2000, 'crowdsecurity/vsftpd-bf'],
  [3001, 'crowdsecurity/http-generic-bf'],
  [4002, 'crowdsecurity/ssh-bf'],
  [5000, 'cscapi/smb-honeypot'],
  [6001, 'crowdsecurity/telnet-bf'],
  [8001, 'crowdsecurity/mysql-bf'],
  [9001, 'crowdsecurity/mssql-bf'],
  [9002, 'crowdsecurity/mssql-bf'],
  [12001, 'cscapi/vnc-bf'],
  [16001, 'cscapi/git-honeypot'],
  [17001, 'cscapi/redis-honeypot'],
  [18004, 'cscapi/tcp-honeypot'],
])('six of logtype %i are %s, five are none', async (logtype, scenario) => {
  expect(await tableOf('opencanary', times(6, record(logtype)))).toEqual([row(scenario, 6)])
  expect(await tableOf('opencanary', times(5, record(logtype)))).toEqual([])
})

test('requests count by their paths, RDP by its connections', async () => {
  const requests = Array.from({ length: 22 }, (_, path) => record(3000, { PATH: `/${path % 11}?x=${path}` }))
  expect(await tableOf('opencanary', requests)).toEqual([row('crowdsecurity/http-probing', 22)])
  expect(await tableOf('opencanary', times(22, record(3000, { PATH: '/' })))).toEqual([])
  const rdp = (port: number) => record(14001, { USERNAME: 'x' }, { src_port: port })
  expect(await tableOf('opencanary', times(20, rdp(1)))).toEqual([])
  expect(await tableOf('opencanary', [1, 2, 3, 4, 5, 6].map(rdp))).toEqual([row('crowdsecurity/windows-bf', 6)])
})

test('of MongoDB, attempts to log in', async () => {
  expect(await tableOf('opencanary', times(6, record(20001, { action: 'mongodb.auth_attempt' })))).toEqual([
    row('timokoessler/mongodb-bf', 6),
  ])
  expect(await tableOf('opencanary', times(6, record(20001, { action: 'mongodb.command' })))).toEqual([])
})

test.each([1001, 2001, 4000, 5001, 5005, 10001, 11001, 13001, 15001, 19001, 99000])(
  'logtype %i proves nothing about who sent it',
  async (logtype) => {
    expect(await tableOf('opencanary', times(50, record(logtype)))).toEqual([])
  },
)

test('through syslog and by its webhook, and from an old one that has no utc_time', async () => {
  const line = record(7001)
  const old = record(7001, {}, { utc_time: undefined, local_time: '2026-11-28 00:39:58.127933' })
  const forms = [
    `Nov 28 01:39:58 host opencanaryd[1234 :139]: opencanary-1 WARNING ${line}`,
    `2026-11-28T01:39:58+01:00 host opencanaryd[1234:139]: n WARNING ${line}`,
    JSON.stringify({ message: line }),
    old,
  ]
  for (const form of forms) {
    expect(await tableOf('opencanary', [form])).toEqual([row('crowdsecurity/http-open-proxy', 1)])
  }
  const said = `opencanaryd[1:2]: n WARNING ${line}`
  const ofOthers = ['Nov 28 01:39:58 host app[7]:', 'Nov 28 01:39:58 app:', 'somebody said'].map(
    (who) => `${who} ${said}`,
  )
  expect(await tableOf('opencanary', ofOthers)).toEqual([])
})

test('no password is told, not even the argument of a command', async () => {
  const lines = [
    ...times(6, record(4002, { USERNAME: 'root', PASSWORD: 'hunter2' })),
    ...times(6, record(17001, { CMD: 'AUTH', ARGS: 'hunter2' })),
    ...times(6, record(12001, { 'VNC Password': 'hunter2' })),
  ]
  expect(JSON.stringify(await itemsOf('opencanary', lines))).not.toContain('hunter2')
  expect(JSON.stringify(await itemsOf('opencanary', lines, { include: ['passwords'] }))).toContain('hunter2')
})
