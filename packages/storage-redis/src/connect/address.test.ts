import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAddress } from './address.js'

describe('a URL', () => {
  test.each([
    ['redis://127.0.0.1', { place: { host: '127.0.0.1', port: 6379 }, tls: false, db: 0 }],
    ['REDIS://cache.internal:6380/', { place: { host: 'cache.internal', port: 6380 }, tls: false, db: 0 }],
    ['valkey://h/15', { place: { host: 'h', port: 6379 }, tls: false, db: 15 }],
    ['rediss://[::1]:7000/1', { place: { host: '::1', port: 7000 }, tls: true, db: 1 }],
    ['valkeys://h', { place: { host: 'h', port: 6379 }, tls: true, db: 0 }],
    ['redis://h?family=6', { place: { host: 'h', port: 6379, family: 6 }, tls: false, db: 0 }],
    ['redis://:p%40ss@h', { place: { host: 'h', port: 6379 }, tls: false, db: 0, password: 'p@ss' }],
    ['redis://app:a:b@h', { place: { host: 'h', port: 6379 }, tls: false, db: 0, username: 'app', password: 'a:b' }],
    ['unix:///run/redis.sock', { place: { path: '/run/redis.sock' }, tls: false, db: 0 }],
    ['unix:///run/my%20redis.sock?db=3', { place: { path: '/run/my redis.sock' }, tls: false, db: 3 }],
    [
      'unix://app:pw@/run/redis.sock',
      { place: { path: '/run/redis.sock' }, tls: false, db: 0, username: 'app', password: 'pw' },
    ],
  ])('%s is read in all its parts', (url, address) => {
    expect(readAddress(url)).toEqual({ address })
  })

  test.each([
    ['redis://host/cscapi', 'the database by its number'],
    ['redis://host/99x', 'the database by its number'],
    ['redis://host/-1', 'the database by its number'],
    ['redis://host/0x1', 'the database by its number'],
    ['redis://host/01', 'the database by its number'],
    ['redis://host/1/2', 'the database by its number'],
    ['redis://host//1', 'the database by its number'],
    ['redis://host/%31', 'the database by its number'],
    ['redis://host/99999999999999999999', 'the database by its number'],
    ['unix:///run/redis.sock?db=x', 'the database by its number'],
    ['redis://host/ 1', 'white space'],
    [' redis://host', 'white space'],
    ['redis://host\n', 'white space'],
    ['redis://ho\tst', 'white space'],
    ['redis://host?db=2', 'the number of the database as its path'],
    ['redis://host?password=x', 'no parameters'],
    ['redis://host?family=5', 'a family of 0, 4 or 6'],
    ['redis://host?family=4&family=6', 'the parameter family once'],
    ['unix:///run/redis.sock?db=1&db=2', 'the parameter db once'],
    ['redis://host#1', 'no fragment'],
    ['redis://host:0', 'a port of 1 to 65535'],
    ['redis://host:65536', 'a port of 1 to 65535'],
    ['redis://host:abc', 'a port of 1 to 65535'],
    ['redis://', 'a host'],
    ['redis:///0', 'a host'],
    ['redis:6379', 'a host'],
    ['redis://h%6fst', 'a host'],
    ['redis://h\u00f6st', 'a host'],
    ['redis://u:%zz@host', 'percent-encoding'],
    ['redis://%zz:p@host', 'percent-encoding'],
    ['redis://secret@host', 'a password behind the user'],
    ['unix://run/redis.sock', 'three slashes'],
    ['unix:///', 'the path of a socket'],
    ['http://host', 'must begin with redis://'],
    ['constructor://host', 'must begin with redis://'],
    ['127.0.0.1:6379', 'must begin with redis://'],
    ['', 'must begin with redis://'],
    [undefined, 'must be a URL'],
    [7, 'must be a URL'],
    [new URL('redis://host'), 'must be a URL'],
  ])('%j is refused: %s', (url, rule) => {
    expect(readAddress(url).broken?.join('; ')).toContain(rule)
  })

  test('with any user, password and database is read as it was written', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).filter((part) => part.isWellFormed())
    fc.assert(
      fc.property(text, text, fc.nat({ max: 999 }), (username, password, db) => {
        const url = `redis://${encodeURIComponent(username)}:${encodeURIComponent(password)}@h/${db}`
        expect(readAddress(url)).toEqual({
          address: { place: { host: 'h', port: 6379 }, tls: false, db, username, password },
        })
      }),
    )
  })

  test('of any text is an address or broken rules, and throws nothing', () => {
    const parts = fc.array(
      fc.constantFrom('redis://', 'unix://', ':', '/', '@', '?', '#', '%', '[', ']', '1', 'a', '\n'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.string(),
          parts.map((some) => some.join('')),
        ),
        (url) => {
          const { address, broken } = readAddress(url)
          expect(address === undefined).toBe(broken !== undefined)
          if (address !== undefined) expect(Number.isSafeInteger(address.db) && address.db >= 0).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
