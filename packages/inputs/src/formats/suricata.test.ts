import { expect, test } from 'vitest'
import { sample, tableOf } from '../../test/signals-of.js'

const alert = (more: object = {}, of: object = {}) =>
  JSON.stringify({
    ...{ timestamp: '2026-11-28T01:00:00.000000+0100', event_type: 'alert', proto: 'TCP' },
    ...{ src_ip: '203.0.113.9', src_port: 1, dest_ip: '198.51.100.2', dest_port: 80 },
    alert: { action: 'allowed', gid: 1, signature_id: 1, signature: 'ET EXPLOIT x', severity: 1, ...of },
    ...more,
  })
const severe = (address: string) =>
  `${address} crowdsecurity/suricata-major-severity 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 1`

test.each([
  [
    'suricata-eve-alerts.json',
    [
      '1.2.3.4 crowdsecurity/suricata-major-severity 2022-07-10T23:50:05.533Z 2022-07-10T23:50:05.533Z 1',
      '1.2.3.7 crowdsecurity/suricata-major-severity 2022-07-11T06:09:52.602Z 2022-07-11T06:09:52.602Z 1',
      '1.2.3.7 crowdsecurity/suricata-major-severity 2022-07-12T06:09:52.602Z 2022-07-12T06:09:52.602Z 1',
    ],
  ],
  [
    'suricata-eve-detect.json',
    [
      '1.2.3.4 crowdsecurity/suricata-major-severity 2022-07-12T06:22:33.415Z 2022-07-12T06:22:33.415Z 1',
      '2.2.3.4 crowdsecurity/suricata-high-medium-severity 2022-07-12T11:26:34.407Z 2022-07-12T11:26:36.407Z 3',
    ],
  ],
])('%s', async (name, expected) => {
  expect(await tableOf('suricata', sample(name))).toEqual(expected)
})

test.each([
  ['the sender of a packet to the server', {}, {}, '203.0.113.9'],
  ['who is answered', { direction: 'to_client', src_ip: '198.51.100.2', dest_ip: '203.0.113.9' }, {}, '203.0.113.9'],
  [
    'who opened the flow, where the server’s answer matched',
    { direction: 'to_client', src_ip: '198.51.100.2', dest_ip: '198.51.100.3', flow: { src_ip: '203.0.113.9' } },
    {},
    '203.0.113.9',
  ],
  ['whom the rule calls the source', { src_ip: '198.51.100.2' }, { source: { ip: '203.0.113.9' } }, '203.0.113.9'],
])('the attacker is %s', async (_, more, of, address) => {
  expect(await tableOf('suricata', [alert(more, of)])).toEqual([severe(address)])
})

test('of an alert that begins at a host of one’s own, nobody is reported', async () => {
  const line = alert({ src_ip: '198.51.100.2', dest_ip: '203.0.113.9' })
  expect(await tableOf('suricata', [line], { ownNetworks: ['198.51.100.0/24'] })).toEqual([
    '1: 198.51.100.2 is in your own network 198.51.100.0/24',
  ])
})

test.each([
  ['UDP, where anybody can be the sender', { proto: 'UDP' }, {}],
  ['severity 3', {}, { severity: 3 }],
  ['one signature of severity 2', {}, { severity: 2 }],
  ['what the engine says of itself', {}, { signature_id: 2_210_010, signature: 'SURICATA STREAM x' }],
  ['a list of addresses', {}, { signature: 'ET DROP Spamhaus DROP Listed Traffic Inbound' }],
  ['an infected host of one’s own', {}, { signature: 'ET MALWARE x' }],
  ['an attack on a client', {}, { metadata: { attack_target: ['Client_Endpoint'] } }],
  ['another event', { event_type: 'flow' }, {}],
])('%s is no attack', async (_, more, of) => {
  expect(await tableOf('suricata', [alert(more, of), alert(more, of), alert(more, of)])).toEqual([])
})

test('severity 2 takes three different signatures', async () => {
  const of = (signature_id: number) => alert({}, { severity: 2, signature_id })
  expect(await tableOf('suricata', [1, 2, 2, 1].map(of))).toEqual([])
  expect(await tableOf('suricata', [1, 2, 2, 3].map(of))).toEqual([
    '203.0.113.9 crowdsecurity/suricata-high-medium-severity 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 3',
  ])
})
