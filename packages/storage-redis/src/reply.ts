import { StorageError } from '@cscapi/core'

function unexpected(what: string): never {
  throw new StorageError(
    'storage_corrupt',
    `Redis answered with something other than ${what}: is the namespace shared with another program?`,
    { adapter: 'redis', operation: 'reply' },
  )
}

export function list(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : unexpected('a list')
}

export function text(reply: unknown): string {
  return typeof reply === 'string' ? reply : unexpected('text')
}

/** Reads a whole number, which scripts send as an integer or, beyond 2^31, as text. */
export function whole(reply: unknown): number {
  const value = typeof reply === 'string' && reply !== '' ? Number(reply) : reply
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : unexpected('a whole number')
}

export function texts(reply: unknown): string[] {
  return list(reply).map(text)
}

/** Reads a hash, which arrives as field, value, field, value. */
export function hash(reply: unknown): ReadonlyMap<string, string> {
  const flat = texts(reply)
  return new Map(flat.flatMap((field, at) => (at % 2 === 0 ? [[field, flat[at + 1] ?? ''] as const] : [])))
}
