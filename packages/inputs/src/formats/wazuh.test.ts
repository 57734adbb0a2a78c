import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const alert = (change: object) => ({
  timestamp: '2026-07-15T05:00:00.000+0000',
  rule: { level: 10, id: '5712', groups: ['sshd', 'authentication_failures'] },
  manager: { name: 'm' },
  id: '1784091600.2',
  data: { srcip: '203.0.113.7' },
  ...change,
})
const rowsOf = (...alerts: object[]) => tableOf('wazuh', alerts.map((one) => JSON.stringify(one)).join('\n'))

test('composite rules are a signal each, single failures are counted, and the host’s own matters are none', async () => {
  expect(await tableOf('wazuh', sample('wazuh-alerts.json'))).toEqual([
    '198.51.100.9 crowdsecurity/ssh-bf 2026-07-15T02:20:00.000Z 2026-07-15T02:20:00.000Z 8',
    '203.0.113.7 crowdsecurity/ssh-bf 2026-07-15T04:11:45.168Z 2026-07-15T04:11:50.168Z 6',
    '203.0.113.50 cscapi/wazuh-attack 2026-07-15T05:00:02.000Z 2026-07-15T05:00:02.000Z 1',
    '13: it is no JSON object, or only part of one',
    '2001:db8::7 crowdsecurity/http-sqli-probing 2026-07-15T05:00:00.000Z 2026-07-15T05:00:00.000Z 1',
  ])
})

test.each([
  ['a decoder’s', { srcip: '203.0.113.7' }],
  ['a honeypot’s', { src_ip: '203.0.113.7' }],
  ['a firewall’s in the cloud', { httpRequest: { clientIp: '203.0.113.7' } }],
  ['Windows’', { win: { eventdata: { ipAddress: '::ffff:203.0.113.7' } } }],
  ['Office 365’s', { office365: { ClientIP: '203.0.113.7' } }],
  ['ModSecurity’s', { transaction: { client_ip: '203.0.113.7' } }],
  [
    'Suricata’s of an answer',
    { event_type: 'alert', direction: 'to_client', src_ip: '10.0.0.4', dest_ip: '203.0.113.7' },
  ],
])('the address is %s', async (_, data) => {
  expect(await rowsOf(alert({ data }))).toEqual([
    '203.0.113.7 crowdsecurity/ssh-bf 2026-07-15T05:00:00.000Z 2026-07-15T05:00:00.000Z 1',
  ])
})

test.each([
  ['no address', { data: {} }],
  ['an address in its text alone', { data: undefined, full_log: 'Failed password from 203.0.113.7' }],
  ['nobody', { data: { win: { eventdata: { ipAddress: '-' } } } }],
  ['a login that succeeded', { rule: { level: 12, groups: ['sshd', 'authentication_success'] } }],
  ['a changed file', { rule: { level: 12, groups: ['ossec', 'syscheck'] } }],
  ['a rule of low level that is no failure', { rule: { level: 3, groups: ['sshd'] } }],
])('is no attack: %s', async (_, change) => {
  expect(await rowsOf(alert(change))).toEqual([])
})

test.each([
  [['syslog', 'sshd', 'authentication_failed'], 'crowdsecurity/ssh-bf'],
  [['windows', 'authentication_failed'], 'crowdsecurity/windows-bf'],
  [['syslog', 'dovecot', 'authentication_failures'], 'hitech95/mail-generic-bf'],
  [['syslog', 'vsftpd', 'authentication_failed'], 'crowdsecurity/vsftpd-bf'],
  [['pam', 'syslog', 'authentication_failed'], 'cscapi/wazuh-login-bf'],
  [['web', 'accesslog', 'attack'], 'crowdsecurity/http-path-traversal-probing'],
  [['web', 'accesslog', 'web_scan', 'recon'], 'crowdsecurity/http-probing'],
  [['ids', 'suricata'], 'cscapi/wazuh-attack'],
])('rules of the groups %j tell of %s', async (groups, scenario) => {
  const [item] = await itemsOf('wazuh', JSON.stringify(alert({ rule: { level: 10, groups } })))
  expect(item).toMatchObject({ signal: { scenario } })
})

test('an alert has one uuid, whatever was added to it, and two alerts have two', async () => {
  const uuidsOf = async (...alerts: object[]) =>
    (await itemsOf('wazuh', alerts.map((one) => JSON.stringify(one)).join('\n'))).map((item) =>
      'signal' in item ? item.signal.uuid : item.refused,
    )
  const [once, again, other] = await uuidsOf(alert({}), alert({ location: 'x' }), alert({ id: '2' }))
  expect(again).toBe(once)
  expect(other).not.toBe(once)
})

test('neither user names nor queries are told by default', async () => {
  const data = { srcip: '203.0.113.7', dstuser: 'hunter2', url: '/login?token=hunter2' }
  const text = JSON.stringify(alert({ data }))
  expect(JSON.stringify(await itemsOf('wazuh', text))).not.toContain('hunter2')
  const [item] = await itemsOf('wazuh', text, { include: ['users', 'queries'] })
  expect(item).toMatchObject({
    signal: {
      context: [
        { key: 'rules', value: '["5712"]' },
        { key: 'target_user', value: '["hunter2"]' },
        { key: 'target_uri', value: '["/login?token=hunter2"]' },
      ],
    },
  })
})

test('a time that is none, and a record that is none, are refused by number', async () => {
  expect(await rowsOf(alert({ timestamp: 'now' }), { rule: {} }, [])).toEqual([
    '1: its timestamp is none',
    '2: it is no record of this format: rule.level is missing: it must be a number',
    '3: it is no JSON object, or only part of one',
  ])
})
