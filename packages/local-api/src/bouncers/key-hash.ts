import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Lower-case hex SHA-512, without salt: as the engine's own table has it, which can be imported. */
export const hashOf = (key: string) => createHash('sha512').update(key).digest('hex')

/** 43 characters: 32 random bytes, as the engine makes them. */
export const newKey = () => randomBytes(32).toString('base64').replaceAll('=', '')

/** The one whose key it is. All are compared, each in the same time. */
export function findByKey<T extends { readonly hash: string }>(all: readonly T[], key: string): T | undefined {
  const asked = Buffer.from(hashOf(key))
  let found: T | undefined
  for (const one of all) {
    const hash = Buffer.from(one.hash)
    if (hash.length === asked.length && timingSafeEqual(hash, asked)) found ??= one
  }
  return found
}
