import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createOps } from '@cscapi/ops'
import { beforeAll, describe, expect, test } from 'vitest'
import { arrangeFleet, sensor } from './ops/fleet.js'
import { metricNames } from './ops/metric-names.js'
import { OpsClock } from './ops/ops-clock.js'
import { workspaceRoot } from './workspace.js'

const page = readFileSync(join(workspaceRoot, 'docs/operations-page.md'), 'utf8')

/** The first cells below a heading, up to the next one. */
function documented(heading: string): string[] {
  const [, section = ''] = page.split(`\n${heading}\n`)
  const [text = ''] = section.split(/\n##+ /)
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name)
}

/** Paths of all that is in an answer, such as `requests[].total`. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [path] : value.flatMap((one) => fieldsOf(one, `${path}[]`))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, part]) => fieldsOf(part, path === '' ? key : `${path}.${key}`))
}

const merged = (...answers: unknown[]) => {
  const fields = new Set(answers.flatMap((answer) => fieldsOf(answer)))
  // Null stands for an object in one answer that another one has.
  return [...fields].filter(
    (field) => ![...fields].some((other) => other.startsWith(`${field}.`) || other.startsWith(`${field}[`)),
  )
}

let ask: (path: string, init?: RequestInit) => Promise<unknown>

beforeAll(async () => {
  const clock = new OpsClock(Date.parse('2026-03-01T00:00:00Z'))
  const { client, emulator, add } = arrangeFleet(clock)
  const ops = createOps(client, { clock })
  const { csrf } = (await read('/api/session')) as { csrf: string }
  async function read(path: string, init: RequestInit = {}): Promise<unknown> {
    const headers = { host: 'localhost', ...(init.method === 'POST' && { 'x-csrf-token': csrf }) }
    const answer = await ops.fetch(new Request(`http://localhost${path}`, { ...init, headers }), {
      remoteAddress: '::1',
    })
    return answer.json()
  }
  ask = read
  await client.pullDecisions({ machineId: sensor(1) })
  await add(1, 2)
  await add(4, 1)
  emulator.faults.inject({ route: 'signals', status: 400, body: { message: 'no' }, times: 3 })
  await client.sendSignals()
  await clock.advance(30_000)
  await add(1, 1)
  emulator.faults.inject({ route: 'signals', kind: 'ban' })
  await client.sendSignals()
  await clock.advance(30_000)
})

describe('docs/operations-page.md has every field of', () => {
  test.each([
    ['### GET /api/session', ['/api/session']],
    ['### GET /api/now', ['/api/now']],
    ['### GET /api/series', ['/api/series']],
    ['### GET /api/log', ['/api/log']],
    ['### GET /api/machines', ['/api/machines']],
    ['### GET /api/dead-letters', ['/api/dead-letters']],
    ['### GET /api/dead-letters', ['/api/pending']],
    ['### GET /api/blocklist', ['/api/blocklist']],
    ['### GET /healthz', ['/healthz']],
    ['### GET /ready', ['/ready']],
    ['## The API', ['/api/nothing']],
  ])('%s, and no other', async (heading, paths) => {
    const answers = await Promise.all(paths.map((path) => ask(path)))
    expect(merged(...answers).sort()).toEqual(documented(heading).sort())
  })

  test('### GET /api/check, and no other', async () => {
    const answers = await Promise.all(
      ['198.18.0.9', '192.0.2.9'].map((address) => ask(`/api/check?address=${address}`)),
    )
    const decision = documented('### GET /api/check').filter((name) => name.startsWith('decision.'))
    const found = merged(...answers).flatMap((field) => (field === 'others' ? [] : [field]))
    const others = decision.map((name) => name.replace('decision.', 'others[].'))
    expect([...found, ...others].sort()).toEqual(documented('### GET /api/check').sort())
  })

  test('### POST /api/actions/requeue, and no other', async () => {
    const answers = await Promise.all([
      ask('/api/actions/requeue', { method: 'POST' }),
      ask('/api/actions/revive', { method: 'POST', body: '{}' }),
      ask('/api/actions/purge', { method: 'POST', body: '{"olderThanMs":0}' }),
    ])
    expect(merged(...answers)).toEqual(documented('### POST /api/actions/requeue'))
  })

  test('the metrics, and no other', async () => {
    expect((await metricNames()).sort()).toEqual(documented('## Metrics').sort())
  })
})

test('the curves were measured, so that their fields were seen', async () => {
  const { at } = (await ask('/api/series')) as { at: number[] }
  expect(at.length).toBeGreaterThanOrEqual(5)
})
