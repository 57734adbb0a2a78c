import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const HASH_BYTES = 32
const SALT_BYTES = 16

const derive = (password: string, salt: Buffer) =>
  new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, (error, key) => (error === null ? resolve(key) : reject(error)))
  })

/** `scrypt:SALT:HASH`, both in hex. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return `scrypt:${salt.toString('hex')}:${(await derive(password, salt)).toString('hex')}`
}

/** Takes as long for a machine that nobody knows: `hash` is `undefined` then. */
export async function isPasswordOf(hash: string | undefined, password: string): Promise<boolean> {
  const [, salt = '', expected = ''] = (hash ?? NOBODY).split(':')
  const found = await derive(password, Buffer.from(salt, 'hex'))
  const wanted = Buffer.from(expected, 'hex')
  return wanted.length === found.length && timingSafeEqual(wanted, found) && hash !== undefined
}

const NOBODY = `scrypt:${'00'.repeat(SALT_BYTES)}:${'00'.repeat(HASH_BYTES)}`
