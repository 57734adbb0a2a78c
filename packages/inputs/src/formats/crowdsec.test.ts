import { describe, expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const alert = {
  scenario: 'crowdsecurity/ssh-bf',
  scenario_hash: 'h',
  scenario_version: '0.1',
  events_count: 6,
  start_at: '2026-11-27T23:51:44.100982506Z',
  stop_at: '2026-11-27T23:51:45Z',
  source: { scope: 'Ip', value: '203.0.113.77' },
  simulated: false,
  uuid: '28dfc58a-6e75-4fbd-aa40-7d29f1835b5d',
}
const ROW = '203.0.113.77 crowdsecurity/ssh-bf 2026-11-27T23:51:44.100Z 2026-11-27T23:51:45.000Z 6'

test('cscli’s list: what the engine saw itself, not what a person ordered and what came from CAPI and lists', async () => {
  expect(await tableOf('crowdsec', sample('crowdsec-alerts.json'))).toEqual([
    '203.0.113.78 local/ssh-root-try 2026-11-27T23:51:44.000Z 2026-11-27T23:51:44.000Z 1',
    '203.0.113.77 crowdsecurity/ssh-bf 2026-11-27T23:51:44.000Z 2026-11-27T23:51:44.000Z 6',
    '203.0.113.77 crowdsecurity/ssh-bf_user-enum 2026-11-27T23:51:44.000Z 2026-11-27T23:51:44.000Z 6',
  ])
})

test('a notification', async () => {
  expect(await tableOf('crowdsec', sample('crowdsec-alert-post.json'))).toEqual([
    '91.121.79.179 crowdsecurity/ssh-bf 2020-10-26T11:52:58.153Z 2020-10-26T11:52:58.200Z 6',
    '91.121.79.178 crowdsecurity/ssh-bf 2020-10-26T11:52:58.153Z 2020-10-26T11:52:58.200Z 6',
  ])
})

test('hash, version and uuid are the alert’s, and trust is what the engine would say', async () => {
  const [own, hub] = await itemsOf('crowdsec', sample('crowdsec-alerts.json'))
  expect(own).toMatchObject({ signal: { uuid: '7d022570-8063-418c-8404-bd503c11e846', scenario_trust: 'custom' } })
  expect(hub).toMatchObject({
    firstLine: 112,
    signal: {
      uuid: '28dfc58a-6e75-4fbd-aa40-7d29f1835b5d',
      scenario_hash: '4441dcff07020f6690d998b7101e642359ba405c2abb83565bbbdcee36de280f',
      scenario_version: '0.1',
      scenario_trust: 'certified',
      context: [{ key: 'service', value: '["ssh"]' }],
    },
  })
})

test('who was tried to log in as is told only where it is asked for', async () => {
  const [, hub] = await itemsOf('crowdsec', sample('crowdsec-alerts.json'), { include: ['users'] })
  expect(hub).toMatchObject({
    signal: {
      context: [
        { key: 'service', value: '["ssh"]' },
        { key: 'target_user', value: '["admin1","admin2","admin3","admin4","admin5","admin6"]' },
      ],
    },
  })
})

describe('is no finding of the engine:', () => {
  test.each([
    ['a simulated one', { simulated: true }],
    ['one of CAPI', { kind: 'capi' }],
    ['one of the console', { kind: 'papi' }],
    ['one of a person', { kind: 'cscli' }],
    ['a decision of a person', { decisions: [{ origin: 'cscli' }] }],
    ['a decision of a list', { decisions: [{ origin: 'lists' }] }],
    ['an import', { decisions: [{ origin: 'cscli-import' }] }],
    ['free text', { scenario: "manual 'ban' from 'localhost'" }],
    ['another scope', { source: { scope: 'username', value: 'root' } }],
  ])('%s', async (_, change) => {
    expect(await tableOf('crowdsec', JSON.stringify({ ...alert, ...change }))).toEqual([])
  })
})

describe('one alert is found in', () => {
  const text = JSON.stringify(alert)
  test.each([
    ['a line', text],
    ['many lines', JSON.stringify(alert, undefined, 2)],
    ['an array on a line', `[${text}]`],
    ['an array on many lines', JSON.stringify([alert], undefined, 1)],
    ['an array behind an empty one', `[]\n[${text}]`],
    ['an array whose first object is cut', `[{"scenario":"x",\n[${text}]`],
    ['a line behind one that ends in a text', `{"scenario":"x\n${text}`],
    ['a line behind junk', `curl: (7) failed {\n${text}`],
    ['lines that hold braces in texts', JSON.stringify({ message: '}{"', ...alert }, undefined, 1)],
  ])('%s', async (_, lines) => {
    expect((await tableOf('crowdsec', lines)).filter((row) => !/^\d+: /.test(row))).toEqual([ROW])
  })
})

test.each([
  ['junk', '1: it is no JSON'],
  ['{"scenario":\n\n', '1: of the object that begins here, it has no end'],
  ['\n{"scenario": "x\n', '2: of the object that begins here, it ends in the middle of a text'],
  ['{"scenario": x}', '1: it is no JSON'],
  ['{"scenario": "a/b"}', '1: it is no alert: start_at is missing or wrong'],
  [JSON.stringify({ ...alert, start_at: 'today' }), '1: its start_at or stop_at is no time'],
  [
    JSON.stringify({ ...alert, source: { scope: 'Ip', value: '203.0.113.300' } }),
    '1: attackerIp must be an IPv4 or IPv6 address or a CIDR range',
  ],
])('%j is refused by the line it begins on', async (lines, row) => {
  expect(await tableOf('crowdsec', lines)).toEqual([row])
})
