import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const record = (eventid: string, more: object = {}) =>
  JSON.stringify({
    ...{ session: '4d5ee2cdfae1', protocol: 'ssh', src_ip: '203.0.113.9', eventid },
    ...{ timestamp: '2026-11-28T00:37:11.059408Z', ...more },
  })

test.each([
  [
    'cowrie-3.0.9.json',
    [
      '203.0.113.7 crowdsecurity/ssh-bf 2026-11-28T00:37:11.118Z 2026-11-28T00:37:18.541Z 9',
      '203.0.113.7 thespad/sshesame-cmd 2026-11-28T00:37:18.468Z 2026-11-28T00:37:18.543Z 2',
      '203.0.113.8 thespad/sshesame-cmd 2026-11-28T00:37:34.986Z 2026-11-28T00:37:36.185Z 2',
    ],
  ],
  [
    'cowrie-2.5.0.json',
    [
      '203.0.113.7 crowdsecurity/ssh-bf 2026-11-28T00:37:45.348Z 2026-11-28T00:37:52.616Z 9',
      '203.0.113.7 thespad/sshesame-cmd 2026-11-28T00:37:52.563Z 2026-11-28T00:37:52.618Z 2',
      '203.0.113.8 thespad/sshesame-cmd 2026-11-28T00:38:09.063Z 2026-11-28T00:38:10.263Z 2',
    ],
  ],
  ['cowrie-syslog.log', ['1.1.1.1 crowdsecurity/ssh-bf 2020-12-08T06:28:44.000Z 2020-12-08T06:28:44.000Z 6']],
])('%s', async (name, expected) => {
  expect(await tableOf('cowrie', sample(name))).toEqual(expected)
})

test('cowrie-commands.json: of addresses that were made hashes, each line is refused by number', async () => {
  const table = await tableOf('cowrie', sample('cowrie-commands.json'))
  expect(table.slice(0, 25)).toEqual(Array.from({ length: 25 }, (_, line) => `${line + 1}: its address is none`))
  // The records of several days stand there in no order.
  expect(table.slice(25).sort()).toEqual([
    '110.140.77.135 thespad/sshesame-cmd 2017-01-13T11:37:52.650Z 2017-01-13T11:44:30.894Z 12',
    '124.104.204.114 thespad/sshesame-cmd 2017-01-14T04:34:42.999Z 2017-01-14T04:37:30.956Z 7',
    '163.172.16.102 thespad/sshesame-cmd 2016-10-13T18:10:42.577Z 2016-10-13T18:10:53.444Z 48',
    '36.66.195.182 thespad/sshesame-cmd 2016-10-16T13:16:05.152Z 2016-10-16T13:16:06.900Z 26',
    '88.14.67.65 thespad/sshesame-cmd 2017-01-14T19:59:06.705Z 2017-01-14T20:04:07.722Z 33',
  ])
})

test('telnet of 2.5.0, whose later records do not say so, is told from ssh by the session', async () => {
  const connect = record('cowrie.session.connect', { protocol: 'telnet', dst_port: 23 })
  const logins = Array.from({ length: 6 }, () => record('cowrie.login.failed', { protocol: undefined }))
  expect(await tableOf('cowrie', [connect, ...logins])).toEqual([
    '203.0.113.9 crowdsecurity/telnet-bf 2026-11-28T00:37:11.059Z 2026-11-28T00:37:11.059Z 6',
  ])
})

test('a connection that tries nothing, and what Cowrie says of itself, is no attack', async () => {
  const others = ['cowrie.session.connect', 'cowrie.client.version', 'cowrie.log.closed', 'cowrie.session.closed']
  const lines = others.flatMap((eventid) => Array.from({ length: 20 }, () => record(eventid)))
  expect(await tableOf('cowrie', lines)).toEqual([])
})

test('a target that the client asked to be connected to is nobody', async () => {
  const request = record('cowrie.direct-tcpip.request', { dst_ip: '203.0.113.77', orig_ip: '203.0.113.78' })
  expect(await tableOf('cowrie', [request])).toEqual([
    '203.0.113.9 thespad/sshesame-cmd 2026-11-28T00:37:11.059Z 2026-11-28T00:37:11.059Z 1',
  ])
})

test('a password and what was typed are told only where that is asked for', async () => {
  const lines = [
    ...Array.from({ length: 6 }, () => record('cowrie.login.failed', { username: 'root', password: 'hunter2' })),
    record('cowrie.command.input', { input: 'passwd hunter2' }),
  ]
  expect(JSON.stringify(await itemsOf('cowrie', lines))).not.toContain('hunter2')
  const asked = JSON.stringify(await itemsOf('cowrie', lines, { include: ['passwords', 'commands'] }))
  expect(asked).toContain('["hunter2"]'.replaceAll('"', '\\"'))
  expect(asked).toContain('passwd hunter2')
})

test('an offset is read, and a time that is none refused', async () => {
  const late = record('cowrie.command.input', { timestamp: '2026-11-28T02:37:11.5+0200' })
  const none = record('cowrie.command.input', { timestamp: 'yesterday' })
  expect(await tableOf('cowrie', [late, none])).toEqual([
    '2: its timestamp is none',
    '203.0.113.9 thespad/sshesame-cmd 2026-11-28T00:37:11.500Z 2026-11-28T00:37:11.500Z 1',
  ])
})
