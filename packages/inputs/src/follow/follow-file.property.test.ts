import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WrittenLog } from '../../test/follow/followed-log.js'
import { Consumer } from '../../test/follow/following.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 1_500 : 120

type Step = (world: { log: WrittenLog; consumer: Consumer; write: (text: string) => void }) => Promise<void> | void

let number = 0
const line = () => {
  number += 1
  return `line ${number} of many ${'x'.repeat(number % 97)}`
}

const steps: Record<string, Step> = {
  'a line': ({ write }) => write(`${line()}\n`),
  'many lines': ({ write }) => write(Array.from({ length: 300 }, () => `${line()}\n`).join('')),
  'a longer line than a piece': ({ write }) => write(`${line()}${'y'.repeat(70_000)}\n`),
  'half a line': ({ write }) => write(line()),
  'the rest of a line': ({ write }) => write(` and its end, ${line()}\n`),
  'not ASCII, in two parts': ({ write }) => write(`ü€😀 ${line()}\n`),
  rename: ({ log }) => log.rename(),
  'rename and create': ({ log }) => {
    log.rename()
    log.create()
  },
  'copy and truncate': ({ log }) => log.copyAndTruncate(),
  pack: ({ log }) => log.pack(),
  look: ({ consumer }) => consumer.looks(),
  'look twice': ({ consumer }) => consumer.looks(2),
  commit: ({ consumer }) => consumer.commit(),
  kill: async ({ consumer }) => {
    await consumer.kill()
    await consumer.start()
  },
}

const story = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 5, maxLength: 40 })

test(`whatever is written, rotated, packed and killed: every line is committed once, in order (${RUNS} stories)`, async () => {
  await fc.assert(
    fc.asyncProperty(story, async (names) => {
      const log = new WrittenLog()
      const consumer = new Consumer(log.path, { longestLine: 100_000 })
      let written = ''
      const write = (text: string) => {
        written += text
        log.append(text)
      }
      try {
        await consumer.start()
        for (const name of names) await steps[name]?.({ log, consumer, write })
        write('\nlast\n')
        expect(await consumer.finish()).toEqual(written.split('\n').slice(0, -1))
        expect(consumer.troubles.filter(({ kind }) => kind === 'lost' || kind === 'unreadable')).toEqual([])
      } finally {
        await consumer.kill()
        log.remove()
      }
    }),
    { numRuns: RUNS },
  )
})
