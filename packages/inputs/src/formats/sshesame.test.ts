import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const COMMAND = '203.0.113.9 thespad/sshesame-cmd 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 1'

test('sshesame.log', async () => {
  expect(await tableOf('sshesame', sample('sshesame.log'))).toEqual([
    '165.232.183.156 thespad/sshesame-cmd 2022-05-06T05:37:28.000Z 2022-05-06T05:37:28.000Z 1',
    '186.78.209.242 thespad/sshesame-bf 2022-05-06T05:40:30.000Z 2022-05-06T05:40:32.000Z 4',
    '186.78.209.242 thespad/sshesame-cmd 2022-05-06T05:40:31.000Z 2022-05-06T05:40:32.000Z 2',
    '3.16.59.158 thespad/sshesame-bf 2022-05-06T09:15:03.000Z 2022-05-06T09:17:11.000Z 4',
    '165.232.183.156 thespad/sshesame-cmd 2022-05-06T09:52:12.000Z 2022-05-06T09:52:12.000Z 1',
    '193.105.134.95 thespad/sshesame-bf 2022-05-06T10:28:45.000Z 2022-05-06T10:43:18.000Z 4',
    '188.255.62.33 thespad/sshesame-cmd 2022-05-06T12:25:39.000Z 2022-05-06T12:25:39.000Z 2',
    '195.3.147.60 thespad/sshesame-bf 2022-05-06T15:38:52.000Z 2022-05-06T15:41:33.000Z 4',
  ])
})

test('the replay of its own tests, as text and as JSON, shows the same', async () => {
  const replay: { plain_logs: string[]; json_logs: object[] } = JSON.parse(sample('sshesame-replay-misc.json'))
  const text = replay.plain_logs.map((line) => `2026/11/28 00:00:00 ${line.replace('SOURCE', '203.0.113.9:58629')}`)
  const json = (source: unknown) =>
    replay.json_logs.map((entry) => JSON.stringify({ time: '2026-11-28T01:00:00+01:00', ...entry, source }))
  const expected = ['203.0.113.9 thespad/sshesame-input 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 6']
  expect(await tableOf('sshesame', [...text, ...text])).toEqual(expected)
  for (const source of ['203.0.113.9:58629', { host: '203.0.113.9', port: 58629 }]) {
    expect(await tableOf('sshesame', [...json(source), ...json(source)])).toEqual(expected)
  }
})

test.each([
  ['its own log', '2026/11/28 00:00:00 [203.0.113.9:5] [channel 1] command "id" requested'],
  ['syslog', 'Nov 28 00:00:00 host sshesame[7]: [203.0.113.9:5] [channel 1] command "id" requested'],
  ['a mapped address', '2026/11/28 00:00:00 [[::ffff:203.0.113.9]:5] [channel 1] command "id" requested'],
])('a command, from %s', async (_, line) => {
  expect(await tableOf('sshesame', [line])).toEqual([COMMAND])
})

test('any way to log in counts', async () => {
  const ways = ['out credentials', ' password "x"', ' public key "SHA256:x"', ' keyboard interactive answers ["x"]']
  const lines = ways.map((way) => `2026/11/28 00:00:00 [203.0.113.9:5] authentication for user "x" with${way} rejected`)
  expect(await tableOf('sshesame', lines)).toEqual([
    '203.0.113.9 thespad/sshesame-bf 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 4',
  ])
})

test('a line without a time is refused', async () => {
  expect(await tableOf('sshesame', ['[203.0.113.9:5] [channel 1] command "id" requested'])).toEqual([
    '1: it has no time: switch timestamps on',
  ])
})

test('passwords and commands are told only where that is asked for', async () => {
  const lines = [
    ...Array.from({ length: 4 }, () =>
      JSON.stringify({
        ...{ time: '2026-11-28T01:00:00+01:00', source: '203.0.113.9:5', event_type: 'password_auth' },
        event: { user: 'root', accepted: true, password: 'hunter2' },
      }),
    ),
    '2026/11/28 00:00:00 [203.0.113.9:5] [channel 1] command "passwd hunter2" requested',
  ]
  expect(JSON.stringify(await itemsOf('sshesame', lines))).not.toContain('hunter2')
  expect(JSON.stringify(await itemsOf('sshesame', lines, { include: ['passwords', 'commands'] }))).toMatch(
    /hunter2.*passwd hunter2|passwd hunter2.*hunter2/s,
  )
})
