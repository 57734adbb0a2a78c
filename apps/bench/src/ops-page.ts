// What the operations page costs: its process while pages are open, and the browser at rest.
// node apps/bench/dist/ops-page.js
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findChromium } from '@cscapi/test-servers'
import { chromium } from 'playwright-core'

const MEASURED_MS = 30_000
const SETTLE_MS = 5_000

const folder = mkdtempSync(join(tmpdir(), 'cscapi-bench-ops-'))
const child = fork(new URL('ops-process.js', import.meta.url), [join(folder, 'ops.db')])
try {
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  const ending = new AbortController()
  const open = (pages: number) => Promise.all(Array.from({ length: pages }, () => watch(`${url}events`, ending.signal)))
  tell('no page open, of a core', await shareOfCore(), '%')
  await open(1)
  tell('one page open, of a core', await shareOfCore(), '%', 1)
  await open(99)
  tell('100 pages open, of a core', await shareOfCore(), '%', 10)
  ending.abort()
  tell('script of a page at rest', await scriptAtRest(url), 'ms/s', 5)
} finally {
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

function tell(what: string, value: number, unit: string, below?: number): void {
  const goal = below === undefined ? '' : `goal: below ${below}${value < below ? '' : '  MISSED'}`
  process.stdout.write(`${what.padEnd(28)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(5)} ${goal}\n`)
}

/** The processor time of the process that serves, in hundredths of one core. */
async function shareOfCore(): Promise<number> {
  await sleep(SETTLE_MS)
  const before = await cpuMs()
  await sleep(MEASURED_MS)
  return ((await cpuMs()) - before) / (MEASURED_MS / 100)
}

async function cpuMs(): Promise<number> {
  const answer = once(child, 'message')
  child.send('cpu')
  const [told] = (await answer) as [{ cpuMs: number }]
  return told.cpuMs
}

/** Takes events as a page does, and throws them away. */
async function watch(url: string, signal: AbortSignal): Promise<void> {
  const { body } = await fetch(url, { signal })
  void body?.pipeTo(new WritableStream()).catch(() => undefined)
}

/** Milliseconds of script in each second of a page to which nothing happens. */
async function scriptAtRest(url: string): Promise<number> {
  const { command, env } = await findChromium()
  const home = mkdtempSync(join(tmpdir(), 'cscapi-bench-browser-'))
  const browser = await chromium.launch({
    executablePath: command,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    env: { ...process.env, ...env, HOME: home },
  })
  try {
    const page = await browser.newPage()
    await page.goto(url)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.locator('.uplot').first().waitFor()
    await sleep(SETTLE_MS)
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const seconds = async () => {
      const { metrics } = await session.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN
    }
    const before = await seconds()
    await sleep(MEASURED_MS)
    return (((await seconds()) - before) * 1_000) / (MEASURED_MS / 1_000)
  } finally {
    await browser.close()
    rmSync(home, { recursive: true, force: true })
  }
}
