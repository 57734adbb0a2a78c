import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findPromtool } from '@cscapi/test-servers'
import { describe, expect, test } from 'vitest'
import { metricNames } from './ops/metric-names.js'
import { workspaceRoot } from './workspace.js'

const contrib = (path: string) => join(workspaceRoot, 'contrib', path)
const read = (path: string) => readFileSync(contrib(path), 'utf8')

/** The names of metrics of ours, and of the process, that a text of queries has. */
const named = (text: string) => new Set(text.match(/\b(?:cscapi|process|nodejs)_[a-z_]+\b/g))

async function promtool(...args: string[]): Promise<string> {
  const { command, env } = await findPromtool()
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, ...env } })
  return stdout
}

test.each(['prometheus/alerts.yaml', 'grafana/dashboard.json'])('%s asks for metrics that exist', async (path) => {
  const queries = [...read(path).matchAll(/"?expr"?: (.+)/g)].map(([, query]) => query).join('\n')
  const names = [...named(queries)]
  expect(names.length).toBeGreaterThan(6)
  const existing = await metricNames()
  expect(names.filter((name) => !existing.includes(name))).toEqual([])
})

test('the dashboard has queries in every panel, and no two panels in one place', () => {
  interface Panel {
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number }
    readonly targets: readonly { readonly expr: string }[]
  }
  const { panels } = JSON.parse(read('grafana/dashboard.json')) as { panels: Panel[] }
  expect(panels.length).toBeGreaterThan(10)
  expect(panels.filter(({ targets }) => targets.every(({ expr }) => expr === ''))).toEqual([])
  const cells = panels.flatMap(({ gridPos: { x, y, w } }) => Array.from({ length: w }, (_, at) => `${x + at}:${y}`))
  expect(new Set(cells).size).toBe(cells.length)
})

describe('promtool', () => {
  test('takes the alert rules', async () => {
    expect(await promtool('check', 'rules', contrib('prometheus/alerts.yaml'))).toContain('SUCCESS: 10 rules found')
  })

  test('sees each of them fire for its reason, and none for a healthy client', async () => {
    expect(await promtool('test', 'rules', contrib('prometheus/alerts.test.yaml'))).toContain('SUCCESS')
  })
})
