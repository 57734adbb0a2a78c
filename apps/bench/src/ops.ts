import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findChromium } from '@cscapi/test-servers'
import { chromium } from 'playwright-core'
import { cpuMs } from './child.js'
import type { Contest, Numbers, Setting } from './frame/bench.js'

/** What is open, and for how long it is looked at once it has come to rest. */
const FULL = { pages: 100, settleMs: 5_000, measuredMs: 20_000 }
const SMALL = { pages: 5, settleMs: 100, measuredMs: 500 }

/** The processor time of the process that serves, in hundredths of a core. */
async function server({ folder, isSmall }: Setting): Promise<Numbers> {
  const { pages, settleMs, measuredMs } = isSmall ? SMALL : FULL
  return serving(folder, async (url, child) => {
    const ending = new AbortController()
    const open = (count: number) =>
      Promise.all(Array.from({ length: count }, () => watch(`${url}events`, ending.signal)))
    const share = async () => {
      await sleep(settleMs)
      const before = await cpuMs(child)
      await sleep(measuredMs)
      return ((await cpuMs(child)) - before) / (measuredMs / 100)
    }
    const none = await share()
    await open(1)
    const one = await share()
    await open(pages - 1)
    const many = await share()
    const told = await viewersOf(url)
    ending.abort()
    return { none, one, many, told, opened: pages }
  })
}

/** Milliseconds of script in each second of a page to which nothing happens, in real Chromium. */
async function page({ folder, isSmall }: Setting): Promise<Numbers> {
  const { settleMs, measuredMs } = isSmall ? SMALL : FULL
  return serving(folder, async (url) => {
    const { command, env } = await findChromium()
    const browser = await chromium.launch({
      executablePath: command,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      env: { ...process.env, ...env, HOME: folder },
    })
    try {
      const tab = await browser.newPage()
      await tab.goto(url)
      await tab.getByText('Live', { exact: true }).waitFor()
      if (!isSmall) await tab.locator('.uplot').first().waitFor({ timeout: 60_000 })
      await sleep(settleMs)
      const session = await tab.context().newCDPSession(tab)
      await session.send('Performance.enable')
      const scriptMs = async () => {
        const { metrics } = await session.send('Performance.getMetrics')
        return 1_000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN)
      }
      const before = await scriptMs()
      await sleep(measuredMs)
      return { scriptMs: ((await scriptMs()) - before) / (measuredMs / 1_000) }
    } finally {
      await browser.close()
    }
  })
}

/** Serves the page of 1,000 machines from a process of its own. */
async function serving(
  folder: string,
  measure: (url: string, child: ReturnType<typeof fork>) => Promise<Numbers>,
): Promise<Numbers> {
  const child = fork(new URL('./ops-process.js', import.meta.url), [join(folder, 'ops.db')])
  try {
    const [ready] = await once(child, 'message')
    return await measure(String(Reflect.get(Object(ready), 'url')), child)
  } finally {
    child.kill('SIGKILL')
  }
}

/** Takes events as a page does, and throws them away. */
async function watch(url: string, signal: AbortSignal): Promise<void> {
  const { body } = await fetch(url, { signal })
  void body?.pipeTo(new WritableStream()).catch(() => undefined)
}

/** How many pages the server says are open. */
async function viewersOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}metrics`)).text()
  return Number(/^cscapi_ops_viewers (\d+)$/m.exec(text)?.[1])
}

/** What the operations page costs: the process that serves it, and the browser at rest. */
export const ops: Contest = {
  sides: { server, page },
  rounds: 2,
  rows: [
    { name: 'no page open, % of a core', unit: '', ours: ['server', 'none'] },
    { name: 'one page open, % of a core', unit: '', ours: ['server', 'one'], goal: { ours: { atMost: 1 } } },
    { name: '100 pages open, % of a core', unit: '', ours: ['server', 'many'], goal: { ours: { atMost: 10 } } },
    {
      name: 'pages that the server counts',
      unit: '',
      ours: ['server', 'told'],
      baseline: ['server', 'opened'],
      goal: 'equal',
    },
    {
      name: 'script of a page at rest, each second',
      unit: 'ms',
      ours: ['page', 'scriptMs'],
      goal: { ours: { atMost: 5 } },
    },
  ],
}
