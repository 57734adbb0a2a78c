import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assertMachineId, generateMachineIdFromKey, type MachineIdOptions } from './machine-id.js'
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

  // What Python 3 made of python-capi-sdk's generate_machine_id_from_key(key, prefix, length).
  test.each<[key: string, prefix: string, length: number, id: string]>([
    ['sensor-1', 'myapp-prod_1.', 48, 'myapp-prod_1.73fc5b4edb7c4c445763c9ce171a1f7cd290e8b314c9d720'],
    [
      'sensor-1',
      'aVeryLongPrefixOfMoreThanSixteen',
      48,
      'aVeryLongPrefixOfMoreThanSixteen3fc8209020151154567b050013952de43d857bf2deddf803',
    ],
    ['é', 'préfixe', 48, 'préfixe16a8ea90986de4814819afa454f5590bbdb2fa22d4ea9f77'],
    ['日本', '🐍', 48, '🐍1c08775b5678b13d8a34adde92c16a54ac2fa692ba45e082'],
    ['sensor-1', 'a b\tc\n', 48, 'a b\tc\n436dbe0e47398427a54ff6acc5c8c4e48650b94be387cf47'],
    [' ', '\u0000', 48, '\u0000474f2af47544e9c7ce4338cabd43c5ca1c26432b7300ce38'],
    ['%s{0}', '{key}', 48, '{key}01271623dfbaf35aa7f18fc02b09e58fa6221457f826c918'],
    ['sensor-1', '', 32, '75fcce4506e2b49c935ad64e43250abe'],
    ['sensor-1', 'acme', 44, 'acme14f0c14ca2e0e0e98bac66c5651d2aca99b32c633bad'],
    ['sensor-1', 'acme', 0, 'acme'],
    ['sensor-1', 'acme', 1, 'acme1'],
    ['sensor-1', 'acme', 64, 'acme14f0c14ca2e0e0e98bac66c5651d2aca99b32c633badfeef90d9101402a590ce'],
    ['sensor-1', 'acme', 1_000, 'acme14f0c14ca2e0e0e98bac66c5651d2aca99b32c633badfeef90d9101402a590ce'],
    ['sensor-1', 'acme', -16, 'acme14f0c14ca2e0e0e98bac66c5651d2aca99b32c633badfeef'],
    ['sensor-1', 'acme', -64, 'acme'],
    ['sensor-1', 'acme', -100, 'acme'],
  ])('gives what Python gives for (%j, %j, %i)', (key, prefix, length, id) => {
    expect(generateMachineIdFromKey(key, { format: 'python', prefix, length })).toBe(id)
  })

  test.each<[string, object, string]>([
    ['prefx', { prefx: 'acme' }, 'is not known here; did you mean prefix?'],
    ['machine_id_prefix', { machine_id_prefix: 'acme' }, 'is not known here; did you mean prefix?'],
    ['legth', { format: 'python', legth: 44 }, 'is not known here; did you mean length?'],
    ['length', { length: 44 }, "must be left out without format: 'python'"],
    ['length', { format: 'python', length: 44.5 }, 'must be a whole number'],
    ['length', { format: 'python', length: '44' }, 'must be a number'],
    ['format', { format: 'Python' }, "must be 'python' or left out"],
    ['prefix', { prefix: 7 }, 'must be text'],
    ['prefix', { format: 'python', prefix: '\ud800' }, 'must be text without a lone surrogate'],
    ['constructor', { constructor: 'acme' }, 'is not known here'],
    ['value', [], 'must be an object'],
  ])('refuses %s: %o', (path, options, rule) => {
    expect(() => generateMachineIdFromKey('sensor-1', options as MachineIdOptions)).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ path, rule: expect.stringContaining(rule) })] }),
    )
  })

  test.each([undefined, null, 7, {}, [], '\udfff'])('refuses the key %j', (key) => {
    expect(() => generateMachineIdFromKey(key as string)).toThrow(/No machine id was made: key: must be text/)
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
