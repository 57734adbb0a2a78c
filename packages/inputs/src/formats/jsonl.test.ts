import { InputError } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { MAPPINGS } from '../../test/every-sample.js'
import { itemsOf, sample, tableOf } from '../../test/signals-of.js'

const plain = { source: 'ip', time: { field: 'at', format: 'epoch_s' }, scenario: 'acme/scan' }
const record = { ip: '203.0.113.7', at: 1_795_824_729 }
const ROW = '203.0.113.7 acme/scan 2026-11-28T00:12:09.000Z 2026-11-28T00:12:09.000Z 1'
const rowsOf = (given: object, own: object) => tableOf('jsonl', JSON.stringify(given), { mapping: own })

test('each record whose scenario the table names is a signal', async () => {
  expect(await tableOf('jsonl', sample('detections.jsonl'), { mapping: MAPPINGS.jsonl })).toEqual([
    '203.0.113.7 acme/login-bf 2026-11-28T00:12:09.512Z 2026-11-28T00:12:09.512Z 1',
    '203.0.113.7 acme/login-bf 2026-11-28T00:12:10.512Z 2026-11-28T00:12:10.512Z 1',
    '2001:db8::7 crowdsecurity/http-probing 2026-11-28T00:12:11.512Z 2026-11-28T00:12:11.512Z 1',
    '5: attackerIp must be an IPv4 or IPv6 address or a CIDR range',
    '6: its when is no time of the format epoch_ms',
    '7: it is no JSON object, or only part of one',
    '8: it is no JSON object, or only part of one',
  ])
})

test('with a bucket, records of one address are counted, and make one signal', async () => {
  const bucket = { capacity: 1, leakMs: 10_000, distinct: 'req.path' }
  const lines = ['/a', '/b', '/b'].map((path) => JSON.stringify({ ...record, req: { path } })).join('\n')
  expect(await tableOf('jsonl', lines, { mapping: { ...plain, bucket } })).toEqual([ROW.replace(/1$/, '2')])
})

describe('a record is taken where all conditions hold:', () => {
  test.each([
    [{ field: 'status', is: 401 }, { status: 401 }, true],
    [{ field: 'status', is: 401 }, { status: '401' }, true],
    [{ field: 'status', is: 401 }, { status: 200 }, false],
    [{ field: 'status', in: [401, 403] }, { status: 403 }, true],
    [{ field: 'status', matches: '^4\\d\\d$' }, { status: 404 }, true],
    [{ field: 'status', matches: '^4\\d\\d$' }, {}, false],
    [{ field: 'status', exists: true }, { status: null }, false],
    [{ field: 'status', exists: false }, {}, true],
    [{ field: 'toString', exists: true }, {}, false],
    [{ field: 'constructor.name', exists: true }, {}, false],
  ])('%j of %j: %s', async (condition, fields, isTaken) => {
    expect(await rowsOf({ ...record, ...fields }, { ...plain, where: [condition] })).toEqual(isTaken ? [ROW] : [])
  })
})

describe('a time is read in the format that is given, and no other:', () => {
  test.each([
    ['epoch_s', 1_795_824_729],
    ['epoch_s', '1795824729.0004'],
    ['epoch_ms', 1_795_824_729_000],
    ['epoch_us', 1_795_824_729_000_000],
    ['epoch_ns', '1795824729000000000'],
    ['rfc3339', '2026-11-28T01:12:09+01:00'],
  ])('%s %s', async (format, at) => {
    expect(await rowsOf({ ...record, at }, { ...plain, time: { field: 'at', format } })).toEqual([ROW])
  })

  test.each([
    ['epoch_s', '2026-11-28T00:12:09Z', '1: its at is no time of the format epoch_s'],
    ['epoch_s', '-5', '1: its at is no time of the format epoch_s'],
    ['rfc3339', 1_795_824_729, '1: its at is no time of the format rfc3339'],
    ['rfc3339', '2026-11-28 00:12:09', '1: its at is a time without a zone: give zone'],
  ])('not %s %s', async (format, at, row) => {
    expect(await rowsOf({ ...record, at }, { ...plain, time: { field: 'at', format } })).toEqual([row])
  })

  test('milliseconds that are read as seconds are refused, not reported in another millennium', async () => {
    const [row] = await rowsOf({ ...record, at: 1_795_824_729_000 }, plain)
    expect(row).toMatch(/^1: createdAt /)
  })

  test('one without a zone, in the zone that is given', async () => {
    const own = { ...plain, time: { field: 'at', format: 'rfc3339', zone: 'utc' } }
    expect(await rowsOf({ ...record, at: '2026-11-28 00:12:09' }, own)).toEqual([ROW])
  })
})

test('an address with a port is read only where the mapping says so', async () => {
  const own = { ...plain, address: 'address:port' }
  expect(await rowsOf({ ...record, ip: '203.0.113.7:4711' }, own)).toEqual([ROW])
  expect(await rowsOf({ ...record, ip: '[2001:db8::7]:4711' }, own)).toEqual([
    ROW.replace('203.0.113.7', '2001:db8::7'),
  ])
  expect(await rowsOf({ ...record, ip: '203.0.113.7:4711' }, plain)).toEqual([
    '1: attackerIp must be an IPv4 or IPv6 address or a CIDR range',
  ])
})

test('an end and a number of events, where the records have them', async () => {
  const own = { ...plain, end: { field: 'to', format: 'epoch_s' }, events: 'n' }
  expect(await rowsOf({ ...record, to: record.at + 1, n: 7 }, own)).toEqual([
    '203.0.113.7 acme/scan 2026-11-28T00:12:09.000Z 2026-11-28T00:12:10.000Z 7',
  ])
  expect(await rowsOf({ ...record, to: record.at, n: 0 }, own)).toEqual(['1: its n is no whole number from 1 on'])
})

describe('a mapping that is wrong is refused before anything is read:', () => {
  const pathsOf = async (own: unknown) => {
    const reading = itemsOf('jsonl', '', { mapping: own })
    const error = await reading.catch((thrown: unknown) => thrown)
    return error instanceof InputError ? error.issues.map(({ path }) => path) : error
  }

  test.each([
    [undefined, ['mapping']],
    [{}, ['mapping.source', 'mapping.time', 'mapping.scenario']],
    [{ ...plain, scenario: 'ssh' }, ['mapping.scenario']],
    [{ ...plain, source: 'a..b' }, ['mapping.source']],
    [{ ...plain, ip: 'x' }, ['mapping.ip']],
    [{ ...plain, where: [{ field: 'a', matches: '(' }] }, ['mapping.where[0].matches']],
    [{ ...plain, time: { field: 'at', format: 'auto' } }, ['mapping.time.format']],
    [{ ...plain, bucket: { capacity: -1, leakMs: 1 } }, ['mapping.bucket.capacity']],
  ])('%j', async (own, paths) => {
    expect(await pathsOf(own)).toEqual(paths)
  })
})
