import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assertMachineId, generateMachineIdFromKey } from './machine-id.js'
import { generatePassword } from './password.js'

describe('generateMachineIdFromKey', () => {
  test.each([
    ['myMachineKeyIdentifier', 'f48425cde667a094c7f18b61fd708e6e71508729540065f9'],
    ['myMachineId', '879f29040832f7126f9268e150318763b1428905b8968c1e'],
    ['test', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c'],
    ['é', '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a0'],
  ])('gives the Python SDK’s id for the key %s', (key, id) => {
    expect(generateMachineIdFromKey(key)).toBe(id)
    expect(generateMachineIdFromKey(key, { format: 'python' })).toBe(id)
  })

  test('puts a prefix in front, hashes it too, and stays 48 characters long', () => {
    const id = generateMachineIdFromKey('myMachineKeyIdentifier', { prefix: 'acme' })
    expect(id).toBe('acme81807308e29f25c9f72f6be09bcfa05f632c386bf0d32444'.slice(0, 48))
  })

  test('gives the Python SDK’s longer id for a prefix when asked', () => {
    const options = { prefix: 'acme', format: 'python' } as const
    expect(generateMachineIdFromKey('myMachineKeyIdentifier', options)).toBe(
      'acme81807308e29f25c9f72f6be09bcfa05f632c386bf0d32444',
    )
  })

  test('always gives an id that CAPI accepts', () => {
    const prefix = fc.string({ unit: fc.constantFrom(...'azAZ09'), maxLength: 16 })
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), prefix, (key, aPrefix) => {
        expect(() => assertMachineId(generateMachineIdFromKey(key, { prefix: aPrefix }))).not.toThrow()
      }),
    )
  })

  test('refuses what would not be one, naming everything that is wrong', () => {
    expect(() => generateMachineIdFromKey('', { prefix: 'not-good' })).toThrow(
      /key: must be text.*prefix: must be up to 16 letters and digits \(got "not-good"\)/,
    )
  })
})

describe('assertMachineId', () => {
  test('takes exactly 48 letters and digits, and up to 64 where long ids are allowed', () => {
    const long = { allowLongMachineIds: true }
    expect(() => assertMachineId('a'.repeat(48))).not.toThrow()
    expect(() => assertMachineId('a'.repeat(64), long)).not.toThrow()
    for (const id of ['', 'a'.repeat(47), 'a'.repeat(49), `${'a'.repeat(47)}-`])
      expect(() => assertMachineId(id)).toThrow(/machineId: must be exactly 48/)
    for (const id of ['a'.repeat(47), 'a'.repeat(65)]) expect(() => assertMachineId(id, long)).toThrow(/48 to 64/)
  })
})

test('a generated password is 64 letters and digits of every kind, and never the same', () => {
  const passwords = Array.from({ length: 100 }, generatePassword)
  for (const password of passwords) {
    expect(password).toMatch(/^[A-Za-z0-9]{64}$/)
    for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/]) expect(password).toMatch(kind)
  }
  expect(new Set(passwords).size).toBe(100)
})
