import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { untilStopped } from './until-stopped.js'

const stopped = new Error('stopped')

async function collect<T>(items: Iterable<T> | AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

async function* later<T>(items: Iterable<T>) {
  yield* items
}

describe('an intake that can be stopped', () => {
  test('gives everything in order as long as nobody stops it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), async (items) => {
        const { signal } = new AbortController()
        expect(await collect(untilStopped(items, signal))).toEqual(items)
        expect(await collect(untilStopped(new Set(items), signal))).toEqual([...new Set(items)])
        expect(await collect(untilStopped(later(items), signal))).toEqual(items)
      }),
    )
  })

  test('passes on what the source throws', async () => {
    async function* failing() {
      yield 1
      throw new Error('the source')
    }
    await expect(collect(untilStopped(failing(), new AbortController().signal))).rejects.toThrow('the source')
  })

  test('ends with the reason while the source keeps it waiting, and lets the source go', async () => {
    let isReturned = false
    const silent: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          isReturned = true
          return { done: true, value: undefined }
        },
      }),
    }
    const stop = new AbortController()
    const collecting = collect(untilStopped(silent, stop.signal))
    stop.abort(stopped)
    await expect(collecting).rejects.toBe(stopped)
    expect(isReturned).toBe(true)
  })

  test('lets the source clean up, before the reader goes on, when the reader breaks off', async () => {
    let returns = 0
    async function* source() {
      try {
        yield* [1, 2, 3]
      } finally {
        await Promise.resolve()
        returns += 1
      }
    }
    const { signal } = new AbortController()
    await collect(untilStopped(source(), signal))
    expect(returns).toBe(1)
    for await (const item of untilStopped(source(), signal)) if (item === 2) break
    expect(returns).toBe(2)
  })
})
