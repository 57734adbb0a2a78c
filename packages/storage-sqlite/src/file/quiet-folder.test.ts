import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { beforeEach, expect, test } from 'vitest'
import { QuietFolder } from './quiet-folder.js'

let path: string
/** A folder that was changed long ago, as its own clock sees it. */
let folder: QuietFolder
let hoursAhead = 1

beforeEach(() => {
  hoursAhead = 1
  path = join(temporaryFolder(), 'folder')
  mkdirSync(path)
  writeFileSync(join(path, 'store.db-wal'), 'log')
  folder = new QuietFolder(path, () => Date.now() + hoursAhead * 3_600_000)
})

test('nothing is known before somebody has looked', () => {
  expect(folder.isAsKnown()).toBe(false)
})

test('a folder at rest is known once it was looked at, and stays so', () => {
  expect(folder.looking(() => true)).toBe(true)
  expect(folder.isAsKnown()).toBe(true)
  writeFileSync(join(path, 'store.db-wal'), 'a longer log')
  expect(folder.isAsKnown()).toBe(true)
})

test.each<[change: string, make: () => void]>([
  ['a file is deleted', () => rmSync(join(path, 'store.db-wal'))],
  ['a file is renamed', () => renameSync(join(path, 'store.db-wal'), join(path, 'other'))],
  ['a file comes', () => writeFileSync(join(path, 'other'), '')],
  ['the folder is gone', () => rmSync(path, { recursive: true })],
  [
    'the folder is another',
    () => {
      renameSync(path, `${path}.old`)
      mkdirSync(path)
    },
  ],
  [
    'the path leads elsewhere',
    () => {
      renameSync(path, `${path}.old`)
      symlinkSync(temporaryFolder(), path)
    },
  ],
])('it is not known any more when %s', (_, make) => {
  folder.looking(() => true)
  make()
  expect(folder.isAsKnown()).toBe(false)
})

test('what is not well is not remembered, nor what was before it', () => {
  folder.looking(() => true)
  expect(folder.looking(() => false)).toBe(false)
  expect(folder.isAsKnown()).toBe(false)
})

test('a change while somebody looks is seen afterwards', () => {
  folder.looking(() => {
    rmSync(join(path, 'store.db-wal'))
    return true
  })
  expect(folder.isAsKnown()).toBe(false)
})

test.each([0, -24])('a folder that was changed just now, or %s hours ahead of the clock, is not believed', (hours) => {
  hoursAhead = hours
  expect(folder.looking(() => true)).toBe(true)
  expect(folder.isAsKnown()).toBe(false)
})
