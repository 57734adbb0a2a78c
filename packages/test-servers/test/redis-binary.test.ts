import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withFileLock } from '../src/file-lock.js'
import { findRedis } from '../src/redis-binary.js'

async function withoutRedisOnPath<T>(work: () => Promise<T>): Promise<T> {
  const path = process.env.PATH
  process.env.PATH = mkdtempSync(join(tmpdir(), 'cscapi-empty-path-'))
  try {
    return await work()
  } finally {
    rmSync(process.env.PATH ?? '', { recursive: true, force: true })
    process.env.PATH = path
  }
}

test('without redis-server on PATH and without apt-get, the error says what to install', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'cscapi-cache-'))
  await expect(withoutRedisOnPath(() => findRedis(cache))).rejects.toThrow(
    /apt-get install redis-server[\s\S]*CSCAPI_TEST_REDIS_URL/,
  )
  expect(readdirSync(cache)).toEqual([])
  rmSync(cache, { recursive: true })
})

test('a lock lets one after the other in, and is free again after a failure', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cscapi-lock-'))
  const path = join(folder, 'deep/lock')
  const seen: string[] = []
  const work = (name: string) =>
    withFileLock(path, async () => {
      seen.push(`${name} in`)
      await Promise.resolve()
      seen.push(`${name} out`)
      if (name === 'a') throw new Error('a failed')
    })
  const [a, b] = await Promise.allSettled([work('a'), work('b')])
  expect([a?.status, b?.status]).toEqual(['rejected', 'fulfilled'])
  expect(seen).toEqual(['a in', 'a out', 'b in', 'b out'])
  rmSync(folder, { recursive: true })
})
