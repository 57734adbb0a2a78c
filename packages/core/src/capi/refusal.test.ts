import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RefusalSubject, saysRegistered, subjectOf } from './refusal.js'

const CASES: Record<RefusalSubject, (string | undefined)[]> = {
  address: [
    undefined,
    '',
    ' ',
    'Forbidden',
    'forbidden.',
    ' FORBIDDEN \n',
    '403 Forbidden',
    'User is not authorized to access this resource with an explicit deny',
    'User: anonymous is not authorized to perform: execute-api:Invoke',
    'Your IP is blocked',
    'your ip was banned for 1h',
    'IP address blocked',
    'This address is blocked',
    'Too many requests',
    'Too many login attempts',
    'rate exceeded',
    '203.0.113.7 is not welcome',
    'machine is blocked because of its IP',
    'password incorrect, address banned',
  ],
  credentials: ['The machine_id or password is incorrect', 'invalid password', 'Invalid credentials'],
  machine: [
    'machine is blocked',
    'Watcher disabled',
    'account suspended',
    'this user was deleted',
    'no active subscription',
    'the e-mail address of the account is not verified',
  ],
  route: ['Missing Authentication Token', 'missing authentication token.'],
  request: [
    'invalid enrollment key',
    'the attachment key provided is not valid',
    'Access denied for scenario',
    'zip it',
  ],
}

describe('what a 403 is about', () => {
  test.each(
    Object.entries(CASES).flatMap(([subject, messages]) => messages.map((message) => [message, subject] as const)),
  )('%j is about the %s', (message, subject) => {
    expect(subjectOf(message)).toBe(subject)
  })

  test('text that names the address is about the address, whatever stands around it', () => {
    const words = fc.string({ unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(words, words, (before, after) => {
        fc.pre(!/e-?mail\W*$/i.test(before))
        expect(subjectOf(`${before} IP ${after}`)).toBe('address')
      }),
    )
  })

  test('any text is about something, in no time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_024 }), (text) => {
        expect(Object.keys(CASES)).toContain(subjectOf(text))
      }),
    )
  })
})

test.each(['User already registered.', 'user ALREADY REGISTERED', 'this machine already exists'])(
  '%j says that an id is taken',
  (message) => {
    expect(saysRegistered(message)).toBe(true)
  },
)

test.each([undefined, 'registered', 'OK', 'not registered'])('%j does not', (message) => {
  expect(saysRegistered(message)).toBe(false)
})
