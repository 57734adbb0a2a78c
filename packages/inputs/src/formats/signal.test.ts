import { expect, test } from 'vitest'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

test('signals as they were rejected; what CAPI would refuse again is refused here, with the reason', async () => {
  expect(await tableOf('signal', sample('rejected-signals.jsonl'))).toEqual([
    '203.0.113.7 crowdsecurity/ssh-bf 2026-03-01T10:00:00.123456789Z 2026-03-01T10:00:01.000Z 1',
    'root acme/other 2026-03-01T10:00:00Z 2026-03-01T10:00:00Z 1',
    '3: it is no signal: source.value must be an IPv4 or IPv6 address or a CIDR range',
    expect.stringMatching(/^4: it is no signal: scenario must be .*; start_at must be a date and time$/),
    expect.stringMatching(/^5: it is no signal: scenario_hash is missing.*; start_at is missing.*; stop_at is missing/),
    '6: it is no JSON object, or only part of one',
  ])
})

test('a signal stays what it was, what only others know too', async () => {
  const [line = ''] = sample('rejected-signals.jsonl').split('\n')
  const [item] = await itemsOf('signal', line)
  expect(item).toMatchObject({ signal: JSON.parse(line) })
})

test('one without machine and uuid gets this machine, and one uuid however often it is read', async () => {
  const line = sample('rejected-signals.jsonl').split('\n')[1] ?? ''
  const [[once], [again]] = [await itemsOf('signal', line), await itemsOf('signal', line)]
  expect(once).toMatchObject({ signal: { machine_id: 'sensor', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) } })
  expect(again).toEqual(once)
})
