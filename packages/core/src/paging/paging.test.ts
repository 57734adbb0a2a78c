import { expect, test } from 'vitest'
import { inSlices } from './in-slices.js'
import { pages } from './pages.js'

/** A store's list: three words, one a page. */
const WORDS = ['one', 'two', 'three']
async function wordsAfter({ after }: { readonly after?: string }) {
  const at = after === undefined ? 0 : Number(after)
  return { words: WORDS.slice(at, at + 1), next: at + 1 < WORDS.length ? String(at + 1) : undefined }
}

test('pages are read one after the other, to the last', async () => {
  const read: string[] = []
  for await (const { words } of pages(wordsAfter)) read.push(...words)
  expect(read).toEqual(WORDS)
})

test('a reader that has seen enough causes no further read', async () => {
  let reads = 0
  const counted = (from: { readonly after?: string }) => {
    reads += 1
    return wordsAfter(from)
  }
  for await (const _ of pages(counted)) break
  expect(reads).toBe(1)
})

test('slices are taken until one is empty; each is told what was done before it', async () => {
  const told: number[] = []
  const slices = [3, 3, 2, 0]
  const total = await inSlices(async (count) => {
    told.push(count)
    return slices.shift() ?? 0
  })
  expect(total).toBe(8)
  expect(told).toEqual([0, 3, 6, 8])
})

test('neither keeps everything else waiting, though a store may answer at once', async () => {
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 0)
  try {
    let steps = 0
    const isMore = () => turns === 0 && ++steps < 1_000_000
    await inSlices(async () => (isMore() ? 1 : 0))
    expect(turns).toBeGreaterThan(0)
    turns = 0
    for await (const _ of pages(async () => ({ next: isMore() ? 'more' : undefined })));
    expect(turns).toBeGreaterThan(0)
  } finally {
    clearInterval(timer)
  }
})
