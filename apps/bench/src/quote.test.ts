import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { docsPages, withFigures } from './docs-pages.js'
import type { MeasuredRow, Outcome, Spread } from './frame/contest.js'
import { readRuns, record } from './frame/record.js'
import { repository } from './repository.js'

const folder = mkdtempSync(join(tmpdir(), 'cscapi-figures-'))
const file = join(folder, 'figures.json')
afterEach(() => rmSync(file, { force: true }))

const spread = (median: number): Spread => ({ median, min: median - 1, max: median + 1 })
const row = (change: Partial<MeasuredRow> = {}): MeasuredRow => ({
  name: 'send, memory',
  unit: '/s',
  ours: spread(20),
  baseline: spread(10),
  ratio: spread(2),
  goal: { ratio: { atLeast: 1 } },
  isMet: true,
  ...change,
})
const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  bench: 'send',
  isSmall: false,
  rounds: 5,
  rows: [row()],
  figures: [],
  othersCores: 0.25,
  ...change,
})
const SERVERS = { PostgreSQL: '18.1', Redis: '8.2' }
const MARKED = 'before\n<!-- bench:send -->\nby hand\n<!-- /bench -->\nafter'

const pages = docsPages()
  .map((path) => [relative(repository, path), readFileSync(path, 'utf8')] as const)
  .filter(([, page]) => page.includes('<!-- bench:'))

test('the pages that quote figures are found', () => {
  expect(pages.map(([path]) => path)).toEqual(expect.arrayContaining(['docs/performance.md', 'docs/scaling.md']))
})

test.each(pages)('%s quotes the recorded runs, and nothing by hand', (_path, page) => {
  expect(withFigures(page, readRuns())).toBe(page)
})

test('a table has each row with median, min, max, goal and whether it is met, and where it comes from', () => {
  record(outcome({ rows: [row(), row({ name: 'send, SQLite', ratio: spread(0.5), isMet: false })] }), SERVERS, 7, file)
  const lines = withFigures(MARKED, readRuns(file)).split('\n')
  expect(lines.slice(0, 6)).toEqual([
    'before',
    '<!-- bench:send -->',
    '| median (min–max) | ours | baseline | ratio | goal |  |',
    '| --- | --- | --- | --- | --- | --- |',
    '| send, memory | 20 (19–21) /s | 10 (9–11) /s | 2 (1–3) × | ≥ 1 × | met |',
    '| send, SQLite | 20 (19–21) /s | 10 (9–11) /s | 0.5 (-0.5–1.5) × | ≥ 1 × | **missed** |',
  ])
  expect(lines[7]).toMatch(/^`pnpm bench send --rounds 7`, 5 rounds, \d{4}-\d\d-\d\d: .*PostgreSQL 18\.1, Redis 8\.2/)
  expect(lines[7]).toContain('other processes took 0.25 cores')
  expect(lines.slice(8)).toEqual(['<!-- /bench -->', 'after'])
})

test('a bench that goes through its rounds by itself is quoted like the others', () => {
  const figure = { name: 'start', ours: '9 ms', baseline: '3 ms', ratio: 3, goal: { atMost: 2 } }
  record(outcome({ rows: [], figures: [figure] }), SERVERS, undefined, file)
  expect(withFigures(MARKED, readRuns(file))).toContain('| start | 9 ms | 3 ms | 3.00 × | ≤ 2 × | **missed** |')
})

test('a run takes the place of the one before of the same bench, and leaves the others', () => {
  record(outcome(), SERVERS, undefined, file)
  record(outcome({ bench: 'memory' }), SERVERS, undefined, file)
  record(outcome({ othersCores: 1.5 }), SERVERS, undefined, file)
  expect(Object.entries(readRuns(file)).map(([name, run]) => [name, run.othersCores])).toEqual([
    ['memory', 0.25],
    ['send', 1.5],
  ])
})

test('a bench of which no run was recorded says so in place of figures', () => {
  expect(withFigures(MARKED, {})).toContain('No run of it was recorded yet (`pnpm bench send --record`).')
})

test.each([
  ['<!-- bench:nothing -->\n<!-- /bench -->', 'There is no bench nothing'],
  ['<!-- bench:send -->', 'has no end'],
  ['<!-- bench:send -->\n<!-- bench:memory -->\n<!-- /bench -->', 'has no end'],
])('what quotes no bench is refused: %j', (page, message) => {
  expect(() => withFigures(page, {})).toThrow(message)
})

test('what a store carries is reckoned from the recorded rates', () => {
  const rows = ['SQLite', 'PostgreSQL', 'Redis'].flatMap((store) => [
    row({ name: `send, ${store}`, ours: spread(1_000) }),
    row({ name: `send, ${store}, a CPU second`, ours: spread(2_000) }),
  ])
  record(outcome({ rows }), SERVERS, undefined, file)
  const page = withFigures('<!-- bench:capacity -->\n<!-- /bench -->', readRuns(file))
  expect(page).toContain('| Redis | 1,000 | 2,000 | 43,200,000 | 30,000 |')
})
