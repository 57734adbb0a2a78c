import { createDecipheriv, createSecretKey, generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RUNS, RUNS_TEXT } from '../../test/any-json.js'
import { PASSWORD } from '../../test/every-call.js'
import { OneProcessState } from '../../test/one-process-state.js'
import { type EncryptionKey, isCscapiError, isSealed, Keyring, Secret } from '../index.js'

const [NEW, OLD] = [randomBytes(32), randomBytes(32)]
const ABOUT = 'password of machine m'

const state = () => new OneProcessState({ now: () => 0, sleep: async () => undefined })
const ring = (...keys: EncryptionKey[]) => Keyring.make(state(), keys)

function failureOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('sealed text', () => {
  test('opens to what it was, whatever that is, and is plain ASCII that every store holds', async () => {
    const keys = await ring(NEW)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, about) => {
        const sealed = keys.seal(text, about)
        expect(sealed).toMatch(/^sealed:1:[0-9a-f]{8}:[\w-]+$/)
        expect(keys.open(sealed, about)).toBe(text.toWellFormed())
      }),
    )
  })

  test('never comes out the same twice', async () => {
    const keys = await ring(NEW)
    expect(new Set(Array.from({ length: 100 }, () => keys.seal('the same', ABOUT))).size).toBe(100)
  })

  test('is AES-256-GCM as described: a nonce of 12 bytes, the text, a tag of 16, and what it belongs to authenticated', async () => {
    const sealed = (await ring(NEW)).seal('hidden', ABOUT)
    const bytes = Buffer.from(sealed.split(':')[3] ?? '', 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', NEW, bytes.subarray(0, 12))
    decipher.setAAD(Buffer.from(ABOUT)).setAuthTag(bytes.subarray(-16))
    expect(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString()).toBe('hidden')
  })

  test('opens nowhere but where it belongs', async () => {
    const keys = await ring(NEW)
    const sealed = keys.seal('hidden', ABOUT)
    for (const elsewhere of ['password of machine n', 'token of machine m', '']) {
      expect(failureOf(() => keys.open(sealed, elsewhere))).toMatchObject({ code: 'sealed_text_damaged' })
    }
  })

  test('that was changed anywhere does not open, and no error shows a part of it', async () => {
    const keys = await ring(NEW)
    const sealed = keys.seal('hidden', ABOUT)
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'z', '0', '_', ':', ' ', 'é'), (at, letter) => {
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1)
        fc.pre(changed !== sealed && isSealed(changed) && !isSameBytes(changed, sealed))
        const failure = failureOf(() => keys.open(changed, ABOUT))
        expect(failure).toMatchObject({ code: expect.stringMatching(/sealed_text_damaged|wrong_encryption_key/) })
        const shown = inspect(failure, { depth: 9, showHidden: true })
        expect(shown).not.toContain('hidden')
        expect(shown).not.toContain(sealed.slice(-12, -2))
        expect(shown).not.toContain(sealed.slice(20, 32))
      }),
    )
    for (const cut of [0, 1, 8, 15, 16, 30]) {
      const failure = failureOf(() => keys.open(sealed.slice(0, 18 + cut), ABOUT))
      expect(failure).toMatchObject({ code: 'sealed_text_damaged' })
    }
  })
})

/** The last letter of base64url has bits that mean nothing. */
const isSameBytes = (one: string, other: string) =>
  one.slice(0, 18) === other.slice(0, 18) &&
  Buffer.from(one.slice(18), 'base64url').equals(Buffer.from(other.slice(18), 'base64url'))

describe('keys', () => {
  test('the first seals, all open, and only what the first sealed is current', async () => {
    const [before, rotating, after] = [await ring(OLD), await ring(NEW, OLD), await ring(NEW)]
    const old = before.seal('hidden', ABOUT)
    expect(rotating.open(old, ABOUT)).toBe('hidden')
    expect(rotating.isCurrent(old)).toBe(false)
    const fresh = rotating.seal('hidden', ABOUT)
    expect(rotating.isCurrent(fresh)).toBe(true)
    expect(after.open(fresh, ABOUT)).toBe('hidden')
  })

  test('a wrong one is told apart from damage, with the names of the keys and none of their bytes', async () => {
    const sealed = (await ring(NEW)).seal('hidden', ABOUT)
    const wrong = await ring(OLD).then((keys) => failureOf(() => keys.open(sealed, ABOUT)))
    expect(wrong).toMatchObject({ code: 'wrong_encryption_key', message: expect.stringContaining(ABOUT) })
    expect(String(wrong)).toContain(sealed.split(':')[2])
    for (const key of [NEW, OLD])
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(inspect(wrong, { depth: 9, showHidden: true })).not.toContain(key.toString(form))
  })

  test('may be a KeyObject, as key stores hand them out', async () => {
    const sealed = (await ring(NEW)).seal('hidden', ABOUT)
    expect((await ring(createSecretKey(NEW))).open(sealed, ABOUT)).toBe('hidden')
    const { publicKey } = generateKeyPairSync('ed25519')
    for (const wrong of [createSecretKey(NEW.subarray(1)), publicKey])
      await expect(ring(wrong)).rejects.toMatchObject({ issues: [{ rule: 'must be 32 bytes' }] })
  })

  test('without one, text in clear is left so, and sealed text is refused', async () => {
    const [none, keys] = [await ring(), await ring(NEW)]
    expect(none.seal('in clear', ABOUT)).toBe('in clear')
    expect(none.open('in clear', ABOUT)).toBe('in clear')
    expect(failureOf(() => none.open(keys.seal('hidden', ABOUT), ABOUT))).toMatchObject({
      code: 'encryption_key_needed',
    })
  })

  test('no ring shows its keys', async () => {
    const keys = await ring(NEW, new Secret('correct horse battery'))
    const shown = inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys)
    expect(shown).not.toMatch(/correct|horse|Buffer|<[0-9a-f]{2} /)
  })
})

describe('a passphrase', () => {
  test('makes one key in all processes of a store, and another in every other store', async () => {
    const [shared, other] = [state(), state()]
    const [one, two] = await Promise.all([
      Keyring.make(shared, ['correct horse battery']),
      Keyring.make(shared, [new Secret('correct horse battery')]),
    ])
    const sealed = one.seal('hidden', ABOUT)
    expect(two.open(sealed, ABOUT)).toBe('hidden')
    const elsewhere = await Keyring.make(other, ['correct horse battery'])
    expect(failureOf(() => elsewhere.open(sealed, ABOUT))).toMatchObject({ code: 'wrong_encryption_key' })
  })

  test('goes through scrypt with N 32768, r 8, p 1 and the salt in the store', async () => {
    const shared = state()
    const sealed = (await Keyring.make(shared, ['correct horse battery'])).seal('hidden', ABOUT)
    const salt = await shared.getState('encryption:salt')
    expect(salt?.value).toHaveLength(16)
    const options = { N: 32_768, r: 8, p: 1, maxmem: 2 ** 26 }
    const key = scryptSync('correct horse battery', salt?.value ?? '', 32, options)
    expect((await ring(key)).open(sealed, ABOUT)).toBe('hidden')
  })
})

test(`a sealed text opens to what was sealed, or is a typed error that shows nothing of it (${RUNS_TEXT} texts)`, async () => {
  const keyring = await ring(NEW)
  const sealed = keyring.seal(PASSWORD, ABOUT)
  const bent = fc
    .tuple(fc.nat(sealed.length), fc.nat(3), fc.string({ unit: fc.constantFrom(...'sealed:1aZ_-09'), maxLength: 3 }))
    .map(([at, drop, add]) => sealed.slice(0, at) + add + sealed.slice(at + drop))
  const text = fc.oneof(
    bent,
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string().map((rest) => `sealed:${rest}`),
  )
  fc.assert(
    fc.property(text, (any) => {
      try {
        expect(keyring.open(any, ABOUT)).toBe(any.startsWith('sealed:') ? PASSWORD : any)
      } catch (error) {
        if (!isCscapiError(error)) throw error
        expect(error.code).toMatch(/^(wrong_encryption_key|sealed_text_damaged)$/)
        expect(error.message).not.toContain(PASSWORD)
      }
    }),
    { numRuns: RUNS },
  )
})
