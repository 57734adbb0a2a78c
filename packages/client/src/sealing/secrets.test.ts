import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { MemoryStorage } from '@cscapi/storage'
import { expect, test } from 'vitest'
import { createContext } from '../create-context.js'
import { CapiClient, type CapiClientOptions, Secret } from '../index.js'
import { resolveOptions } from '../resolve-options.js'

const KEY = randomBytes(32)
const SECRETS = ['correct horse battery', 'another staple', 'pr0xy-s3cret']

const options: CapiClientOptions = {
  storage: new MemoryStorage(),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: 'production',
  encryptionKey: { keys: [KEY, 'correct horse battery', new Secret('another staple')] },
  proxy: 'http://acme:pr0xy-s3cret@proxy.example:3128',
}

/** Every form in which bytes of a key may be printed. */
const formsOf = (bytes: Uint8Array) => [
  ...(['hex', 'base64', 'base64url', 'latin1'] as const).map((form) => Buffer.from(bytes).toString(form)),
  [...bytes.subarray(0, 6)].join(', '),
  [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
]

function printedForms(value: object): string[] {
  const infinite = { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null, getters: true }
  return [
    inspect(value, infinite),
    inspect(value, { ...infinite, showHidden: true }),
    inspect(value, { ...infinite, showHidden: true, customInspect: false }),
    inspect({ ...value }, infinite),
    JSON.stringify(value) ?? '',
    String(value),
  ]
}

test('a client, its resolved options and all that it is made of show no key and no password, at any depth', () => {
  const resolved = resolveOptions(options)
  const parts: [string, object][] = [
    ['client', new CapiClient(options)],
    ['options', resolved],
    ['context', createContext(resolved)],
    ['a copy of the options', { ...resolved, encryption: { ...resolved.encryption } }],
  ]
  for (const [name, part] of parts) {
    for (const printed of printedForms(part)) {
      for (const secret of [...SECRETS, ...formsOf(KEY)]) expect(printed.includes(secret), name).toBe(false)
    }
  }
})

test('an option that is wrong is named without being shown', () => {
  const wrong: Record<string, unknown>[] = [
    { encryptionKey: 'short-one' },
    { encryptionKey: { keys: ['short-one', KEY] } },
    { encryptionKey: { keys: 'short-one' } },
    { encryptionKey: { keys: [KEY], requireSealed: 'short-one' } },
    { encryptionKey: null },
    { encryptionKey: 5 },
    { encryptionKey: KEY.subarray(1) },
    { proxy: 'ftp://acme:short-one@proxy.example' },
    { proxy: 5 },
    { ca: 'short-one' },
  ]
  for (const option of wrong) {
    const [name = ''] = Object.keys(option)
    let failure: unknown
    try {
      new CapiClient({ ...options, ...option } as CapiClientOptions)
    } catch (error) {
      failure = error
    }
    expect(failure, name).toMatchObject({ code: 'invalid_input', message: expect.stringContaining(name) })
    for (const printed of printedForms(failure as object)) {
      for (const secret of ['short-one', ...formsOf(KEY.subarray(1))])
        expect(printed.includes(secret), name).toBe(false)
    }
  }
})
