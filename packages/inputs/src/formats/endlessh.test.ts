import { expect, test } from 'vitest'
import { sample, tableOf } from '../../test/signals-of.js'

test('who connects more than five times, faster than once in five minutes, is one signal an hour', async () => {
  expect(await tableOf('endlessh', sample('endlessh.log'))).toEqual([
    '49.88.112.72 crowdsecurity/endlessh-bf 2022-02-13T10:46:27.775Z 2022-02-13T11:44:54.352Z 30',
    '49.88.112.72 crowdsecurity/endlessh-bf 2022-02-13T11:46:41.715Z 2022-02-13T12:06:32.107Z 14',
  ])
})

test('through syslog, out of order too', async () => {
  expect(await tableOf('endlessh', sample('endlessh-syslog.log'))).toEqual([
    '124.222.66.99 crowdsecurity/endlessh-bf 2023-08-17T14:55:35.689Z 2023-08-17T14:55:35.689Z 6',
    '65.49.1.109 crowdsecurity/endlessh-bf 2023-08-17T15:01:29.754Z 2023-08-17T15:01:29.754Z 6',
  ])
})

test.each([
  'Feb 12 14:10:21 host app[7]: ACCEPT host=198.51.100.1 port=5 fd=4 n=1/4096',
  '2026-02-12T14:10:21.000Z CLOSE host=198.51.100.1 port=5 fd=4 time=20.017 bytes=20',
  '2026-02-12T14:10:21.000Z Port 22',
])('is no attack, however often: %s', async (line) => {
  expect(
    await tableOf(
      'endlessh',
      Array.from({ length: 20 }, () => line),
    ),
  ).toEqual([])
})

test('the one in Go, whose times have no year', async () => {
  const line = 'I0613 10:22:21.684962       1 client.go:58] ACCEPT host=198.51.100.1 port=53598 n=2/4096'
  expect(
    await tableOf(
      'endlessh',
      Array.from({ length: 6 }, () => line),
    ),
  ).toEqual(['198.51.100.1 crowdsecurity/endlessh-bf 2026-06-13T10:22:21.684Z 2026-06-13T10:22:21.684Z 6'])
})
