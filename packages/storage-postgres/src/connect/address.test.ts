import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAddress } from './address.js'

const one = { hosts: [{ host: 'h', port: 5432 }], database: 'd', role: 'any', isShuffled: false, parameters: new Map() }

describe('a URL', () => {
  test.each([
    ['postgres://h/d', one],
    ['POSTGRESQL://h/d', one],
    ['postgres://u:p%40%2F@h/d', { ...one, user: 'u', password: 'p@/' }],
    ['postgres://u:p@ss@h/d', { ...one, user: 'u', password: 'p@ss' }],
    ['postgres://u@h/d%20e', { ...one, user: 'u', database: 'd e' }],
    ['postgres://[::1]:5433/d', { ...one, hosts: [{ host: '::1', port: 5433 }] }],
    [
      'postgres://h:5432,[::1],10.0.0.1:7/d?target_session_attrs=read-write&load_balance_hosts=random',
      {
        ...one,
        hosts: [
          { host: 'h', port: 5432 },
          { host: '::1', port: 5432 },
          { host: '10.0.0.1', port: 7 },
        ],
        role: 'read-write',
        isShuffled: true,
        parameters: new Map([
          ['target_session_attrs', 'read-write'],
          ['load_balance_hosts', 'random'],
        ]),
      },
    ],
    ['postgres://%2Frun%2Fpostgresql:5433/d', { ...one, hosts: [{ host: '/run/postgresql', port: 5433 }] }],
    ['postgres:///d?host=/run/postgresql&port=5433', { ...one, hosts: [{ host: '/run/postgresql', port: 5433 }] }],
  ])('%s is read in all its parts', (url, address) => {
    const read = readAddress(url).address
    expect({ ...read, parameters: new Map() }).toEqual({ ...address, parameters: new Map() })
  })

  test('hands the driver its own parameters, decoded', () => {
    const url = 'postgres://h/d?sslmode=require&options=-c%20search_path%3Dx&application_name=a'
    expect([...(readAddress(url).address?.parameters ?? [])]).toEqual([
      ['sslmode', 'require'],
      ['options', '-c search_path=x'],
      ['application_name', 'a'],
    ])
  })

  test.each([
    ['postgres://h', 'must name a database'],
    ['postgres://h/', 'must name a database'],
    ['postgres://h/a/b', 'must name a database'],
    [`postgres://h/${'x'.repeat(64)}`, 'at most 63 bytes'],
    ['postgres://h/a%3Fb', 'without ? and #'],
    ['postgres:///d', 'must name a host'],
    ['postgres://u:p@/d', 'must name a host'],
    ['postgres://a,,b/d', 'must name a host'],
    ['postgres://::1/d', 'a port of 1 to 65535'],
    ['postgres://h:0/d', 'a port of 1 to 65535'],
    ['postgres://h:65536/d', 'a port of 1 to 65535'],
    ['postgres://h:abc/d', 'a port of 1 to 65535'],
    ['postgres://h:/d', 'a port of 1 to 65535'],
    ['postgres://a:1,b:x/d', 'a port of 1 to 65535'],
    ['postgres://h*st/d', 'must name hosts'],
    ['postgres://[nonsense]/d', 'must name hosts'],
    ['postgres://u:%zz@h/d', 'percent-encoding'],
    ['postgres://u:a/b@h/d', 'percent-encoded'],
    ['postgres://u:p%00@h/d', 'no U+0000'],
    ['postgres://h/d#x', 'no fragment'],
    [' postgres://h/d', 'white space'],
    ['postgres://h/d\n', 'white space'],
    ['postgres://h/d?sslmod=require', 'did you mean sslmode?'],
    ['postgres://h/d?schema=x', 'it is the option schema'],
    ['postgres://h/d?connection_limit=5', 'it is the option poolSize'],
    ['postgres://h/d?password=x', 'it stands before the host'],
    ['postgres://h/d?constructor=x', 'not known here'],
    ['postgres://h/d?sslmode=require&sslmode=disable', 'the parameter sslmode once'],
    ['postgres://h/d?sslmode=maybe', 'sslmode that must be disable, prefer'],
    ['postgres://h/d?statement_timeout=5s', 'a whole number of milliseconds'],
    ['postgres://h/d?client_encoding=latin1', 'client_encoding that must be UTF8'],
    ['postgres://h/d?target_session_attrs=read-only', 'the store is written to'],
    ['postgres://h/d?target_session_attrs=prefer-standby', 'the store is written to'],
    ['postgres://h/d?target_session_attrs=best', 'any, read-write, primary'],
    ['postgres://h/d?load_balance_hosts=yes', 'disable, random'],
    ['postgres://h/d?host=other', 'the folder of a Unix socket'],
    ['postgres://h/d?port=5', 'the port behind the host'],
    ['mysql://h/d', 'must be a postgres:// URL'],
    ['h/d', 'must be a postgres:// URL'],
    ['', 'must be a postgres:// URL'],
    [null, 'must be a postgres:// URL'],
    [new URL('postgres://h/d'), 'must be a postgres:// URL'],
  ])('%j is refused: %s', (url, rule) => {
    expect(readAddress(url).broken?.join('; ')).toContain(rule)
  })

  test('with any user, password and database is read as it was written', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 15 })
      .filter((part) => part.isWellFormed() && !part.includes('\0'))
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h/d`
        expect(readAddress(url).address).toMatchObject({ user, password, hosts: [{ host: 'h' }], database: 'd' })
      }),
    )
  })

  test('of any text is an address or broken rules, and throws nothing', () => {
    const some = ['postgres://', ':', '/', '@', '?', '#', '%', '[', ']', ',', '=', '&', '1', 'a', 'host', '\n']
    const parts = fc.array(fc.constantFrom(...some)).map((list) => list.join(''))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          parts,
          parts.map((rest) => `postgres://${rest}`),
        ),
        (url) => {
          const { address, broken } = readAddress(url)
          expect(address === undefined).toBe(broken !== undefined)
          for (const { host, port } of address?.hosts ?? []) expect(host !== '' && port > 0 && port < 65_536).toBe(true)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
