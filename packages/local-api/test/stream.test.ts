import { describe, expect, test } from 'vitest'
import { arrange, entry, list, START, valuesOf } from './arrange.js'

describe('filters', () => {
  const filled = async () => {
    const arranged = arrange()
    const { decisions } = arranged
    await decisions.applyStream({
      new: [
        entry('192.0.2.1', 4, 'crowdsecurity/ssh-bf'),
        entry('192.0.2.2', 4, 'crowdsecurity/http-probing'),
        entry('192.0.2.0/28', 4, 'crowdsecurity/ssh-bf'),
        entry('XX', 4, 'crowdsecurity/ssh-bf', 'Country'),
        entry('64500', 4, 'crowdsecurity/ssh-bf', 'as'),
      ],
      deleted: [],
    })
    await decisions.replaceBlocklist(list('tor'), ['192.0.2.3'])
    return arranged
  }

  test.each([
    ['', ['192.0.2.0/28', '192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['scopes=ip', ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['scopes=RANGE', ['192.0.2.0/28']],
    ['scopes=Country,AS', ['64500', 'XX']],
    ['scopes=', ['192.0.2.0/28', '192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['origins=lists', ['192.0.2.3']],
    ['origins=CAPI,cscli', ['192.0.2.0/28', '192.0.2.1', '192.0.2.2']],
    ['origins=', ['192.0.2.0/28', '192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['scenarios_containing=HTTP,tor', ['192.0.2.2', '192.0.2.3']],
    ['scenarios_not_containing=ssh', ['192.0.2.2', '192.0.2.3']],
    ['scenarios_not_containing=', ['192.0.2.0/28', '192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['community_pull=false&additional_pull=false', ['192.0.2.0/28', '192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['scopes=ip&scopes=range', ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
  ])('%j lets through %j', async (query, values) => {
    const { poll } = await filled()
    expect(valuesOf((await poll(`startup=true&${query}`)).new)).toEqual(values)
  })

  test('of a list, the origin is lists and the scenario its name', async () => {
    const { poll } = await filled()
    expect((await poll('startup=true&origins=lists')).new[0]).toMatchObject({ origin: 'lists', scenario: 'tor' })
  })
})

describe('of two sources that name one value', () => {
  const both = async () => {
    const arranged = arrange()
    await arranged.decisions.applyStream({ new: [entry('192.0.2.1', 4)], deleted: [] })
    await arranged.decisions.replaceBlocklist(list('tor'), ['192.0.2.1'])
    return arranged
  }

  test('what lasts longest is told, once', async () => {
    const { poll } = await both()
    expect((await poll('startup=true')).new).toMatchObject([{ origin: 'lists', duration: '24h0m0s' }])
  })

  test('all are told with dedup=false', async () => {
    const { poll } = await both()
    expect((await poll('startup=true&dedup=false')).new.map(({ origin }) => origin).sort()).toEqual(['CAPI', 'lists'])
  })

  test('a bouncer that wants one of them alone gets that one', async () => {
    const { poll } = await both()
    expect((await poll('startup=true&origins=CAPI')).new).toMatchObject([{ origin: 'CAPI', duration: '4h0m0s' }])
  })

  test('the value is in deleted when the last of them is gone, not before', async () => {
    const { decisions, poll } = await both()
    await poll('startup=true')
    await decisions.retainLists({ blocklists: [], allowlists: [] })
    const second = await poll()
    expect([second.new.map(({ origin }) => origin), second.deleted]).toEqual([['CAPI'], []])
    await decisions.applyStream({ new: [], deleted: [{ scope: 'ip', value: '192.0.2.1' }] })
    expect((await poll()).deleted.map(({ origin }) => origin).sort()).toEqual(['CAPI', 'lists'])
  })
})

test('a value that comes again within one poll is in new alone', async () => {
  const { decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  await poll('startup=true')
  await decisions.applyStream({ new: [], deleted: [{ scope: 'ip', value: '192.0.2.1' }] })
  await poll('startup=false', { headers: { 'user-agent': 'another/1.0' } })
  await decisions.applyStream({ new: [entry('192.0.2.1', 5)], deleted: [] })
  const polled = await poll()
  expect([valuesOf(polled.new), polled.deleted]).toEqual([['192.0.2.1'], []])
})

test('an entry that gets a later end is in new again; at rest nothing is', async () => {
  const { decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1', 1)], deleted: [] })
  await poll('startup=true')
  await decisions.applyStream({ new: [entry('192.0.2.1', 2)], deleted: [] })
  expect((await poll()).new).toMatchObject([{ value: '192.0.2.1', duration: '2h0m0s' }])
  expect(await poll()).toEqual({ new: [], deleted: [] })
})

test('what an allowlist takes out is deleted, and comes again when its entry runs out', async () => {
  const { clock, decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  await poll('startup=true')
  const expiration = new Date(START + 3_600_000).toISOString()
  await decisions.replaceAllowlist({ id: 'a', name: 'office' }, [JSON.stringify({ value: '192.0.2.0/24', expiration })])
  expect(valuesOf((await poll()).deleted)).toEqual(['192.0.2.1'])
  clock.at += 3_600_000
  expect(valuesOf((await poll()).new)).toEqual(['192.0.2.1'])
})

test('each bouncer has a cursor of its own: by key, address and user agent', async () => {
  const { decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  await poll('startup=true')
  expect((await poll('startup=false', { headers: { 'user-agent': 'nginx/1.0' } })).new).toHaveLength(1)
  expect((await poll('startup=false')).new).toHaveLength(0)
})

test('HEAD moves no cursor', async () => {
  const { ask, decisions, poll } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  const answer = await ask('/v1/decisions/stream?startup=true', { method: 'HEAD' })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  expect((await poll('startup=false')).new).toHaveLength(1)
})

test('more changes than are remembered cost everything, and a clock that goes back loses nothing', async () => {
  const { clock, decisions, poll } = arrange()
  await poll('startup=true')
  const many = Array.from({ length: 60_000 }, (_, at) => entry(`11.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, 2))
  await decisions.applyStream({ new: many, deleted: [] })
  expect((await poll()).new).toHaveLength(many.length)
  clock.at -= 3_600_000
  expect(await poll()).toEqual({ new: [], deleted: [] })
  clock.at += 3 * 3_600_000
  expect((await poll()).deleted).toHaveLength(many.length)
})
