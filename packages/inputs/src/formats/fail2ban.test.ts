import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

test('its log: each ban is a signal, not those that a restart restores, nor bans of bans', async () => {
  expect(await tableOf('fail2ban', sample('fail2ban.log'))).toEqual([
    '203.0.113.7 crowdsecurity/ssh-bf 2026-11-28T00:12:09.512Z 2026-11-28T00:12:09.512Z 1',
    '2001:db8::7 crowdsecurity/http-generic-bf 2026-11-28T00:13:00.000Z 2026-11-28T00:13:00.000Z 1',
    '198.51.100.0/24 cscapi/fail2ban-ban 2026-11-28T00:23:00.000Z 2026-11-28T00:23:00.000Z 1',
    '10: attackerIp must be an IPv4 or IPv6 address or a CIDR range',
  ])
})

test('what an action knows: with the number of failures', async () => {
  expect(await tableOf('fail2ban', sample('fail2ban-actions.log'))).toEqual([
    '203.0.113.7 crowdsecurity/ssh-bf 2026-11-28T00:12:09.512Z 2026-11-28T00:12:09.512Z 5',
    '203.0.113.7 crowdsecurity/ssh-bf 2026-11-28T00:12:09.512Z 2026-11-28T00:12:09.512Z 5',
    '2001:db8::7 hitech95/mail-generic-bf 2026-11-28T00:13:20.000Z 2026-11-28T00:13:20.000Z 3',
    '5: it is no ban: time is missing or wrong',
  ])
})

test.each([
  ['ip=203.0.113.7 ip=192.0.2.1 jail=sshd time=1795824729', 'ip'],
  ['ip=203.0.113.7 jail=sshd jail=recidive time=1795824729', 'jail'],
  ['ip=203.0.113.7 jail=sshd time=1795824729 time=1', 'time'],
  ['ip=203.0.113.7 jail=sshd time=1795824729 user=x ip=192.0.2.1', 'ip'],
  ['ip=203.0.113.7 jail=sshd time=1795824729 restored=0 restored=1', 'restored'],
  ['ip=203.0.113.7 jail=sshd time=1795824729 user=a user=b', 'user'],
])('a line that repeats a field is refused, and neither value is taken: %s', async (line, field) => {
  expect(await tableOf('fail2ban', line)).toEqual([`1: it is no ban: the field ${field} is there more than once`])
})

test('a ban that is carried out again is the same signal', async () => {
  const [once, again] = await itemsOf('fail2ban', sample('fail2ban-actions.log'))
  expect(again).toMatchObject({ signal: once && 'signal' in once ? once.signal : {} })
})

test.each([
  ['sshd', 'crowdsecurity/ssh-bf'],
  ['sshd-ddos', 'crowdsecurity/ssh-bf'],
  ['vsftpd', 'crowdsecurity/vsftpd-bf'],
  ['pure-ftpd', 'crowdsecurity/proftpd-bf'],
  ['postfix-sasl', 'hitech95/mail-generic-bf'],
  ['roundcube-auth', 'hitech95/mail-generic-bf'],
  ['apache-badbots', 'crowdsecurity/http-bad-user-agent'],
  ['nginx-botsearch', 'crowdsecurity/http-bad-user-agent'],
  ['apache-auth', 'crowdsecurity/http-generic-bf'],
  ['nginx-http-auth', 'crowdsecurity/http-generic-bf'],
  ['mysqld-auth', 'crowdsecurity/mysql-bf'],
  ['asterisk', 'crowdsecurity/asterisk_bf'],
  ['my-sshd', 'cscapi/fail2ban-ban'],
])('the jail %s is %s', async (jail, scenario) => {
  const [item] = await itemsOf('fail2ban', `ip=203.0.113.7 jail=${jail} time=1795824729`)
  expect(item).toMatchObject({ signal: { scenario, context: [{ key: 'service', value: `["${jail}"]` }] } })
})

test.each([
  '2026-11-28 00:12:09,512 fail2ban.actions [412]: NOTICE [sshd] Unban 203.0.113.7',
  '2026-11-28 00:12:09,512 fail2ban.actions [412]: NOTICE [sshd] 203.0.113.7 already banned',
  '2026-11-28 00:12:09,512 fail2ban.filter [412]: INFO [sshd] Ban 203.0.113.7',
  '2026-11-28 00:12:09,512 fail2ban.actions [412]: NOTICE [sshd] Ban x [sshd] Ban 203.0.113.7',
  'user=x ip=203.0.113.7 jail=sshd time=1795824729',
])('is no ban: %s', async (line) => {
  expect(await tableOf('fail2ban', line)).toEqual([])
})
