import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { InputError } from '@cscapi/signals'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WrittenLog } from '../../test/follow/followed-log.js'
import { Consumer } from '../../test/follow/following.js'
import { MemoryStore } from '../../test/follow/memory-store.js'
import { followFile } from '../index.js'

describe('a line', () => {
  test('is given once it is whole', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('whole\nhalf')
    await consumer.start()
    expect(consumer.given).toEqual(['whole'])
    log.append(' and half\n')
    await consumer.looks()
    expect(await consumer.finish()).toEqual(['whole', 'half and half'])
  })

  test('that a restart finds half written is given whole', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('whole\nhalf')
    await consumer.start()
    await consumer.commit()
    await consumer.kill()
    log.append(' and half\n')
    await consumer.start()
    expect(await consumer.finish()).toEqual(['whole', 'half and half'])
  })

  test('without its end is given at the end where that is asked for, and what comes later is another', async () => {
    const log = WrittenLog.ofTest()
    log.append('whole\nhalf')
    const consumer = new Consumer(log.path, { until: 'end', halfLine: true })
    await consumer.readToEnd()
    log.append(' and half\n')
    await consumer.readToEnd()
    expect(consumer.done).toEqual(['whole', 'half', ' and half'])
  })

  test('that two files share is one', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('one, hal')
    await consumer.start()
    log.copyAndTruncate()
    log.append('f here\ntwo\n')
    expect(await consumer.finish()).toEqual(['one, half here', 'two'])
  })

  test('that is longer than it may be is given up to there, and the next one whole', async () => {
    const log = WrittenLog.ofTest()
    log.append(`${'€'.repeat(300_000)}\nnext\n`)
    const consumer = new Consumer(log.path, { longestLine: 10 })
    await consumer.start()
    expect(await consumer.finish()).toEqual(['€'.repeat(10), 'next'])
  })

  test('has a number that goes on after a restart, and the place of its end', async () => {
    const log = WrittenLog.ofTest()
    const store = new MemoryStore()
    log.append('one\ntwo\n')
    for (const expected of [
      { text: 'one', number: 1, file: log.path, offset: 4 },
      { text: 'two', number: 2, file: log.path, offset: 8 },
    ]) {
      const file = followFile(log.path, { store, onTrouble: () => {} })
      for await (const line of file) {
        expect(line).toEqual(expected)
        await file.commit()
        break
      }
    }
  })

  test('behind the zeros that a program leaves which does not append is read', async () => {
    const log = WrittenLog.ofTest()
    log.append('one\n')
    const consumer = new Consumer(log.path, { longestLine: 20 })
    await consumer.start()
    log.copyAndTruncate()
    log.append(`${'\0'.repeat(70_000)}two\n`)
    expect(await consumer.finish()).toEqual(['one', 'two'])
  })

  test('keeps what is no UTF-8 apart, and CR LF is one end', async () => {
    const log = WrittenLog.ofTest()
    writeFileSync(log.path, Buffer.from([0x61, 0xff, 0x0d, 0x0a, 0xe2, 0x82, 0xac, 0x0a]))
    const consumer = new Consumer(log.path)
    await consumer.start()
    expect(await consumer.finish()).toEqual(['a\ufffd', '€'])
  })
})

describe('a position', () => {
  test('is moved by a commit alone: what was given and not committed comes again', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('one\ntwo\n')
    await consumer.start()
    await consumer.commit()
    log.append('three\n')
    await consumer.looks()
    expect(consumer.given).toEqual(['three'])
    await consumer.kill()
    await consumer.start()
    expect(consumer.given).toEqual(['three'])
    expect(await consumer.finish()).toEqual(['one', 'two', 'three'])
  })

  test('is where a follower began, before anything is committed', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('one\n')
    await consumer.start()
    await consumer.kill()
    log.rename()
    log.append('two\n')
    await consumer.start()
    expect(await consumer.finish()).toEqual(['one', 'two'])
  })

  test('of two followers under one key: the later commit is refused', async () => {
    const log = WrittenLog.ofTest()
    log.append('one\n')
    const store = new MemoryStore()
    const open = async () => {
      const file = followFile(log.path, { store, onTrouble: () => {} })
      const lines = file[Symbol.asyncIterator]()
      await lines.next()
      return { file, close: () => lines.return?.() }
    }
    const [first, second] = [await open(), await open()]
    await first.file.commit()
    await expect(second.file.commit()).rejects.toThrow(InputError)
    await first.close()
    await second.close()
  })

  test('that is none is refused, and nothing is read', async () => {
    const log = WrittenLog.ofTest()
    const store = new MemoryStore()
    await store.setState('mine', Buffer.from('{}'), { ifVersion: 0 })
    const lines = followFile(log.path, { store, key: 'mine', onTrouble: () => {} })[Symbol.asyncIterator]()
    await expect(lines.next()).rejects.toMatchObject({ issues: [{ path: 'key' }] })
  })

  test('begins at the end where that is asked for, in front of a line that is half written', async () => {
    const log = WrittenLog.ofTest()
    log.append(`${'old\n'.repeat(50_000)}hal`)
    const consumer = new Consumer(log.path, { from: 'end' })
    await consumer.start()
    log.append('f\nnew\n')
    expect(await consumer.finish()).toEqual(['half', 'new'])
  })

  test.each(['rename', 'copyAndTruncate'] as const)(
    'is found again after %s, packing and another one, while nobody looked',
    async (rotate) => {
      const log = WrittenLog.ofTest()
      const consumer = new Consumer(log.path)
      log.append('one\n')
      await consumer.start()
      await consumer.commit()
      await consumer.kill()
      log.append('two\n')
      for (const line of ['three', 'four']) {
        log[rotate]()
        log.pack()
        log.append(`${line}\n`)
      }
      await consumer.start()
      expect(await consumer.finish()).toEqual(['one', 'two', 'three', 'four'])
      expect(consumer.troubles).toEqual([])
    },
  )

  test('in a file of which every rotation is gone: what follows is read, and the loss is told', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('one\n')
    await consumer.start()
    await consumer.commit()
    await consumer.kill()
    log.append('two\n')
    log.rename()
    unlinkSync(`${log.path}.1`)
    log.append('three\n')
    await consumer.start()
    expect(await consumer.finish()).toEqual(['one', 'three'])
    expect(consumer.troubles.map(({ kind }) => kind)).toEqual(['lost'])
  })
})

describe('a file', () => {
  test('that does not exist yet is waited for, and told of once', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    await consumer.start()
    await consumer.looks(3)
    log.append('one\n')
    expect(await consumer.finish()).toEqual(['one'])
    expect(consumer.troubles.map(({ kind }) => kind)).toEqual(['missing', 'readable'])
  })

  test('in a folder that is replaced', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('one\n')
    await consumer.start()
    log.append('two\n')
    log.replaceFolder()
    await consumer.looks()
    log.append('three\n')
    expect(await consumer.finish()).toEqual(['one', 'two', 'three'])
  })

  test('that a link leads to, and then to another', async () => {
    const log = WrittenLog.ofTest()
    const [first, second] = ['a.log', 'b.log'].map((name) => join(log.folder, name)) as [string, string]
    writeFileSync(first, 'one\n')
    symlinkSync(first, log.path)
    const consumer = new Consumer(log.path)
    await consumer.start()
    writeFileSync(second, 'two\n')
    unlinkSync(log.path)
    symlinkSync(second, log.path)
    expect(await consumer.finish()).toEqual(['one', 'two'])
  })

  test('that was renamed, and whose writer still writes to it for a while', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('one\n')
    await consumer.start()
    log.rename()
    log.append('three\n')
    await consumer.looks()
    writeFileSync(`${log.path}.1`, 'two\n', { flag: 'a' })
    expect(await consumer.finish()).toEqual(['one', 'two', 'three'])
  })

  test('that has another name besides is no older one of itself', async () => {
    const log = WrittenLog.ofTest()
    log.append('one\n')
    linkSync(log.path, `${log.path}.1`)
    const consumer = new Consumer(log.path)
    await consumer.start()
    log.append('two\n')
    expect(await consumer.finish()).toEqual(['one', 'two'])
  })

  test.each(['-20261127', '.2026-11-27', '-20261127.gz', '.7.gz'])(
    'of which an older one is called %s',
    async (suffix) => {
      const log = WrittenLog.ofTest()
      const consumer = new Consumer(log.path)
      log.append('one\n')
      await consumer.start()
      await consumer.kill()
      log.append('two\n')
      log.rename()
      if (suffix.endsWith('.gz')) log.pack()
      renameSync(`${log.path}.1${suffix.endsWith('.gz') ? '.gz' : ''}`, `${log.path}${suffix}`)
      log.append('three\n')
      await consumer.start()
      expect(await consumer.finish()).toEqual(['one', 'two', 'three'])
    },
  )

  test('that was packed and damaged is read as far as it goes, and the loss is told', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path)
    log.append('one\n')
    await consumer.start()
    await consumer.commit()
    await consumer.kill()
    log.append('two\n'.repeat(100_000))
    log.rename()
    log.pack()
    log.damage('app.log.1.gz')
    log.append('last\n')
    await consumer.start()
    const lines = await consumer.finish()
    expect([lines[0], lines.at(-1)]).toEqual(['one', 'last'])
    expect(consumer.troubles.map(({ kind }) => kind)).toContain('lost')
  })

  test('whose place a folder takes is told of once, and tried again', async () => {
    const log = WrittenLog.ofTest()
    log.append('one\n')
    const consumer = new Consumer(log.path)
    await consumer.start()
    await consumer.commit()
    log.rename()
    mkdirSync(log.path)
    await consumer.looks(5)
    rmSync(log.path, { recursive: true })
    log.append('two\n')
    expect(await consumer.finish()).toEqual(['one', 'two'])
    expect(consumer.troubles.map(({ kind }) => kind)).toEqual(['unreadable', 'readable'])
  })
})

describe('following', () => {
  test('ends at the end of what there is where that is asked for', async () => {
    const log = WrittenLog.ofTest()
    const consumer = new Consumer(log.path, { until: 'end' })
    await consumer.readToEnd()
    log.append('one\n')
    log.rename()
    log.append('two\nhalf')
    await consumer.readToEnd()
    expect(consumer.done).toEqual(['one', 'two'])
  })

  test('looks at the file once in so many milliseconds, not more often', async () => {
    const log = WrittenLog.ofTest()
    const slept: number[] = []
    const stop = new AbortController()
    const clock = {
      now: () => 0,
      sleep: async (ms: number) => {
        if (slept.push(ms) === 5) stop.abort()
      },
    }
    const options = { store: new MemoryStore(), onTrouble: () => {}, clock, pollMs: 250, signal: stop.signal }
    for await (const _ of followFile(log.path, options));
    expect(slept).toEqual([250, 250, 250, 250, 250])
  })

  test('ends in silence when it is aborted, before it begins too', async () => {
    const log = WrittenLog.ofTest()
    log.append('one\n')
    const lines: string[] = []
    const signal = AbortSignal.abort()
    for await (const { text } of followFile(log.path, { store: new MemoryStore(), onTrouble: () => {}, signal }))
      lines.push(text)
    expect(lines).toEqual([])
  })

  test.each([
    [{ store: {} }, 'store'],
    [{ pollMs: 1 }, 'pollMs'],
    [{ from: 'middle' }, 'from'],
    [{ interval: 5 }, 'interval'],
    [{ onTrouble: undefined }, 'onTrouble'],
    [{ key: '' }, 'key'],
  ])('with %j is refused at once', (wrong, path) => {
    const options = { store: new MemoryStore(), onTrouble: () => {}, ...wrong }
    let issues: readonly { path: string }[] = []
    try {
      followFile('/x', options as never)
    } catch (error) {
      issues = error instanceof InputError ? error.issues : []
    }
    expect(issues.map((issue) => issue.path)).toEqual([path])
  })
})

test.each([
  ['a relative path', (log: WrittenLog) => relative(process.cwd(), log.path)],
  [
    'a folder that is a link',
    (log: WrittenLog) => {
      const link = `${log.folder}-link`
      symlinkSync(log.folder, link)
      onTestFinished(() => rmSync(link))
      return join(link, 'app.log')
    },
  ],
])('by %s, what was rotated away is read once, and the new file after it', async (_, pathOf) => {
  const log = WrittenLog.ofTest()
  log.append('one\n')
  const consumer = new Consumer(pathOf(log))
  await consumer.start()
  await consumer.commit()
  await consumer.kill()
  log.append('two\n')
  log.rename()
  log.append('three\n')
  await consumer.start()
  await consumer.looks(5)
  await consumer.commit()
  await consumer.kill()
  expect(consumer.done).toEqual(['one', 'two', 'three'])
})
