import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type OpsOptions, serveOps } from '@cscapi/ops'
import { freePort } from '@cscapi/test-servers'
import axe from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { startBrowser, watchPage } from './ops/browser.js'
import { arrangeFleet, many, sensor } from './ops/fleet.js'
import { OpsClock } from './ops/ops-clock.js'

const TOKEN = 'a-token-that-nobody-guesses'

let chromium: Awaited<ReturnType<typeof startBrowser>>
beforeAll(async () => {
  chromium = await startBrowser()
})
afterAll(() => chromium.close())

/** A small fleet with its page; by the host's clock from here on. */
async function arrange(options: OpsOptions = {}, blocklistName?: string) {
  const clock = new OpsClock(Date.now())
  clock.goLive()
  const fleet = arrangeFleet(clock, blocklistName)
  const server = await serveOps(fleet.client, { port: 0, ...options })
  onTestFinished(async () => {
    await server.close()
    await fleet.client.close()
  })
  return { ...fleet, server }
}

async function open(url: string, options: BrowserContextOptions = {}) {
  const context = await chromium.open({ viewport: { width: 1280, height: 900 }, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const seen = await watchPage(page, new URL(url).origin)
  await page.goto(url)
  return { page, seen }
}

/** Opens the page, and waits until it is told what happens. */
async function openLive(url: string, view = 'overview', options: BrowserContextOptions = {}) {
  const opened = await open(`${url}#${view}`, options)
  await live(opened.page)
  return opened
}

const live = (page: Page) => page.getByText('Live', { exact: true }).waitFor()
const tile = (page: Page, name: string) => page.locator('.tile', { hasText: name })

/** What axe calls serious or critical. */
async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

/** Rejects one signal of a machine, with this message. */
async function deadLetter({ client, emulator, add }: Awaited<ReturnType<typeof arrange>>, message: string) {
  const refusing = emulator.faults.inject({
    route: 'signals',
    status: 400,
    body: { message },
    times: Number.POSITIVE_INFINITY,
  })
  await add(2, 1)
  await client.sendSignals()
  refusing.remove()
}

describe('the page', () => {
  test('shows signals as they come and go, without being loaded again', async () => {
    const { client, add, server } = await arrange()
    const { page, seen } = await openLive(server.url)
    await expect.poll(() => tile(page, 'Waiting').textContent()).toContain('0 signals')
    await add(1, 3)
    await expect.poll(() => tile(page, 'Waiting').textContent()).toContain('3 signals')
    await client.sendSignals()
    await expect.poll(() => tile(page, 'Waiting').textContent()).toContain('0 signals')
    await expect.poll(() => tile(page, 'Sent').textContent()).toContain('3 in all')
    await expect.poll(() => page.locator('.log').textContent()).toContain('3 signals sent')
    await expect.poll(() => page.locator('table').textContent()).toContain('Send signals200')
    expect(seen).toEqual({ errors: [], violations: [], strangers: [] })
  })

  test('misses no scheduler where none is to run', async () => {
    const without = await openLive((await arrange({ expectScheduler: false })).server.url)
    await without.page.getByText('All is well').waitFor()
    expect(await without.page.getByText('This process does not send by itself').count()).toBe(0)
    const missed = await openLive((await arrange()).server.url)
    await missed.page.getByText('This process does not send by itself').waitFor()
  })

  test('explains a pause in words and counts down to its end', async () => {
    const { client, add, emulator, server } = await arrange()
    emulator.faults.inject({ route: 'signals', kind: 'ban' })
    await add(1, 1)
    await client.sendSignals()
    const { page } = await openLive(server.url)
    await page.getByRole('heading', { name: 'CAPI blocks this address' }).waitFor()
    const countdown = page.locator('.countdown output')
    const first = await countdown.textContent()
    expect(first).toMatch(/^1:0\d:\d\d$/)
    await expect.poll(() => countdown.textContent()).not.toBe(first)
  })

  test('comes back by itself when its process was killed and begins again', async () => {
    const port = await freePort()
    const program = await bundleProgram(new URL('programs/ops-process.ts', import.meta.url))
    const start = async () => {
      const child = fork(program, [String(port)])
      onTestFinished(() => {
        child.kill('SIGKILL')
      })
      await once(child, 'message')
      return child
    }
    const first = await start()
    const { page } = await openLive(`http://127.0.0.1:${port}/`)
    await expect.poll(() => tile(page, 'Waiting').textContent()).toContain('1 signal')
    first.kill('SIGKILL')
    await page.getByText('The connection to this process is lost.').waitFor()
    const second = await start()
    await live(page)
    expect(await page.getByText('The connection to this process is lost.').count()).toBe(0)
    second.send('add')
    await expect.poll(() => tile(page, 'Waiting').textContent()).toContain('2 signals')
  })

  test('says about an address whether it is blocked, by what and until when', async () => {
    const { client, server } = await arrange()
    await client.pullDecisions({ machineId: sensor(1) })
    const { page } = await openLive(server.url, 'blocklist')
    const check = async (address: string) => {
      await page.getByLabel('IPv4 or IPv6 address').fill(address)
      await page.keyboard.press('Enter')
      return page.locator('.verdict')
    }
    const blocked = await check('203.0.113.7')
    await expect.poll(() => blocked.textContent()).toContain('203.0.113.7 is blocked.')
    expect(await blocked.textContent()).toMatch(
      /captcha by lists:tor-exit-nodes, as 203\.0\.113\.7, until .* \(in 23 h/,
    )
    await expect.poll(async () => (await check('192.0.2.9')).textContent()).toContain('on the allowlist Offices')
    await expect.poll(async () => (await check('10.0.0.1')).textContent()).toContain('10.0.0.1 is not blocked.')
    await expect.poll(async () => (await check('10.0.0')).textContent()).toContain('must be an IPv4 or IPv6 address')
    const sources = page.locator('table')
    await expect.poll(() => sources.textContent()).toContain('firehol_level1')
    expect(await sources.textContent()).toContain('4,200')
  })

  test('shows dead letters with the message of CAPI, requeues them, and purges them once asked twice', async () => {
    const fleet = await arrange()
    await deadLetter(fleet, 'source.value is not public')
    const { page } = await openLive(fleet.server.url, 'dead-letters')
    await page.getByText('source.value is not public').waitFor()
    await page.getByRole('button', { name: 'Requeue' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Requeue' }).click()
    await page.getByText('No dead letters').waitFor()
    expect(await fleet.client.stats()).toMatchObject({ pending: 1, rejected: 0 })
    await deadLetter(fleet, 'no')
    await page.getByRole('button', { name: 'Purge…' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect((await fleet.client.stats()).rejected).toBe(2)
    await page.getByRole('button', { name: 'Purge…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Purge' }).click()
    await expect.poll(async () => (await fleet.client.stats()).rejected).toBe(0)
  })

  test('has no button that changes anything where it is read-only', async () => {
    const fleet = await arrange({ readOnly: true })
    await deadLetter(fleet, 'no')
    const { page } = await openLive(fleet.server.url, 'dead-letters')
    await page.getByText('Read only').waitFor()
    await page.getByText('JSON').first().waitFor()
    expect(await page.getByRole('button').count()).toBe(0)
  })

  test('shows what would leave, as it would', async () => {
    const { add, server } = await arrange()
    await add(1, 1, 'seen 12 times')
    const { page } = await openLive(server.url, 'queue')
    await page.locator('summary').click()
    expect(JSON.parse((await page.locator('pre').textContent()) ?? '')).toMatchObject({
      message: 'seen 12 times',
      machine_id: sensor(1),
    })
  })
})

describe('who comes with a token', () => {
  test('is not let in with a wrong one, is with the right one, and can leave', async () => {
    const { server } = await arrange({ token: TOKEN })
    const { page, seen } = await open(server.url)
    await page.getByLabel('Token').fill('wrong-wrong-wrong-wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'The token is wrong.' }).waitFor()
    await page.getByLabel('Token').fill(TOKEN)
    await page.keyboard.press('Enter')
    await live(page)
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'cscapi-ops', httpOnly: true, sameSite: 'Strict' })
    expect(await page.evaluate(() => document.cookie)).toBe('')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    expect(await page.context().cookies()).toEqual([])
    expect(seen.violations).toEqual([])
  })

  test('sees nothing under a name that somebody else pointed here', async () => {
    const { server } = await arrange()
    const { page } = await open(server.url)
    await live(page)
    const answer = await page.goto(`http://evil.example:${server.port}/`)
    expect(answer?.status()).toBe(403)
    expect(await page.textContent('body')).toContain('unknown_host')
  })
})

test('text of attackers, lists and CAPI is text: nothing runs, and the policy has nothing to refuse', async () => {
  const evil = `"'><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
  const fleet = await arrange({}, `${evil}\u202e`)
  await fleet.client.pullDecisions({ machineId: sensor(1) })
  await deadLetter(fleet, evil)
  fleet.emulator.faults.inject({ route: 'login', status: 403, body: { message: `machine is blocked ${evil}` } })
  await fleet.add(5, 1, evil)
  await fleet.client.sendSignals()
  const { page, seen } = await openLive(fleet.server.url)
  for (const view of ['overview', 'queue', 'dead-letters', 'machines', 'blocklist']) {
    await page.goto(`${fleet.server.url}#${view}`)
    await page.locator('.card').first().waitFor()
    await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined)
    expect(await page.locator('main img, main script, body > script').count(), view).toBe(0)
  }
  expect(await page.locator('main').textContent()).toContain('<img src=x onerror=')
  expect(await page.title()).toBe('Blocklist · cscapi operations')
  expect(seen).toEqual({ errors: [], violations: [], strangers: [] })
})

test('text of others hides nothing and fills no page: what cannot be seen is shown as its code, what is long is folded', async () => {
  const fleet = await arrange({}, `list\u202eevil ${'w'.repeat(3_000)}`)
  await fleet.client.pullDecisions({ machineId: sensor(1) })
  await deadLetter(fleet, `no\u200bgpj ${'W'.repeat(5_000)}`)
  const { page } = await openLive(fleet.server.url, 'dead-letters', { viewport: { width: 360, height: 740 } })
  await page.getByText('no\\u200bgpj').waitFor()
  const shown = () => page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])
  expect((await shown())[0]).toBeLessThanOrEqual(360)
  expect((await shown())[1]).toBeLessThan(1_500)
  await page.locator('.long summary').click()
  await expect.poll(() => page.locator('.long').textContent()).toContain('W'.repeat(600))
  await page.goto(`${fleet.server.url}#blocklist`)
  await page.getByText('list\\u202eevil').waitFor()
  expect((await shown())[0]).toBeLessThanOrEqual(360)
  expect(await page.locator('main').textContent()).not.toContain('\u202e')
})

test('a store that never answered has no counts, and every view shows it once it answers', async () => {
  const { client, add, server } = await arrange()
  await add(1, 2)
  const away = new Error('connect ECONNREFUSED 192.0.2.1:5432')
  const calls = ['stats', 'machines', 'signalPage', 'blocklistSources'] as const
  const stopped = calls.map((name) =>
    vi.spyOn(client, name).mockImplementation(() => {
      throw away
    }),
  )
  const fresh = await serveOps(client, { port: 0 })
  onTestFinished(() => fresh.close())
  const { page } = await openLive(fresh.url)
  await page.getByRole('heading', { name: 'The store does not answer' }).waitFor()
  expect(await page.locator('.tile').count()).toBe(0)
  expect(await page.locator('main').textContent()).not.toContain('192.0.2.1')
  await page.goto(`${fresh.url}#queue`)
  await page.locator('.outcome.bad').waitFor()
  expect(await page.locator('main .loading').count()).toBe(0)
  for (const stop of stopped) stop.mockRestore()
  await expect.poll(() => page.locator('tbody tr').count()).toBe(2)
  expect(await page.locator('.outcome.bad').count()).toBe(0)
  await page.goto(`${fresh.url}#overview`)
  await expect.poll(() => tile(page, 'Waiting').textContent()).toContain('2 signals')
  await server.close()
})

test('a tab that nobody looks at leaves its connection to others, and is up to date when it is looked at', async () => {
  const { add, server } = await arrange()
  const { page } = await openLive(server.url)
  const viewers = async () =>
    /^cscapi_ops_viewers (\d+)$/m.exec(await (await fetch(`${server.url}metrics`)).text())?.[1]
  await expect.poll(viewers).toBe('1')
  const look = (hidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, hidden)
  await look(true)
  await expect.poll(viewers).toBe('0')
  await add(1, 4)
  await look(false)
  await expect.poll(() => tile(page, 'Waiting').textContent()).toContain('4 signals')
  expect(await page.getByText('The connection to this process is lost.').count()).toBe(0)
})

test('ages and countdowns go by the clock of the server, whatever that of the browser says', async () => {
  const { client, add, emulator, server } = await arrange()
  emulator.faults.inject({ route: 'signals', kind: 'ban' })
  await add(1, 1)
  await client.sendSignals()
  const { page } = await open('about:blank')
  await page.clock.install({ time: Date.now() + 5 * 3_600_000 })
  await page.goto(server.url)
  await expect.poll(() => page.locator('.countdown output').textContent()).toMatch(/^1:0\d:\d\d$/)
  await expect.poll(() => tile(page, 'Waiting').textContent()).toMatch(/oldest \d+ s/)
})

test('ten thousand machines are paged and searched on the server', async () => {
  const { client, server, emulator } = await arrange()
  emulator.faults.inject({ route: 'metrics', status: 200, times: Number.POSITIVE_INFINITY })
  const machines = await storeMachines(client, 10_000)
  const { page } = await openLive(server.url, 'machines')
  await page.getByText('10,000 machines in the store').waitFor()
  await expect.poll(() => page.locator('tbody tr').count()).toBe(50)
  const ids = () => page.locator('tbody .id').evaluateAll((found) => found.map((one) => one.getAttribute('title')))
  expect(await ids()).toEqual(machines.slice(0, 50))
  await page.getByRole('button', { name: 'Next' }).click()
  await expect.poll(ids).toEqual(machines.slice(50, 100))
  await page.getByRole('button', { name: 'Previous' }).click()
  await expect.poll(ids).toEqual(machines.slice(0, 50))
  const wanted = machines[9_876] ?? ''
  await page.getByLabel('Search').fill(wanted.slice(10, 40).toUpperCase())
  await expect.poll(ids).toEqual([wanted])
  await page.getByText('1 match among 10,000 machines').waitFor()
})

/** Registers machines in the store, as their first sending run does. Gives their ids in order. */
async function storeMachines(client: Awaited<ReturnType<typeof arrange>>['client'], count: number) {
  const ids = many(count, (number) => sensor(1_000 + number)).sort()
  const { createSignal } = await import('@cscapi/client')
  const createdAt = new Date()
  await client.addSignals(
    ids.map((machineId) => createSignal({ attackerIp: '45.1.2.3', scenario: 'acme/x', createdAt, machineId })),
  )
  await client.sendSignals({ concurrency: 64 })
  return ids
}

describe('for everybody', () => {
  const VIEWS = ['overview', 'queue', 'dead-letters', 'machines', 'blocklist']

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)(
    'in %s colours, %i px wide, axe has no serious finding and nothing is cut off',
    async (colorScheme, width) => {
      const fleet = await arrange()
      await fleet.client.pullDecisions({ machineId: sensor(1) })
      await deadLetter(fleet, 'a message of some length that says what CAPI did not like about this signal')
      await fleet.add(4, 2)
      await fleet.client.sendSignals()
      await fleet.add(6, 3)
      const { page } = await openLive(fleet.server.url, 'overview', { colorScheme, viewport: { width, height: 800 } })
      for (const view of VIEWS) {
        await page.goto(`${fleet.server.url}#${view}`)
        await page.locator('main .card').first().waitFor()
        await expect.poll(() => page.locator('main .loading').count()).toBe(0)
        expect(await serious(page), view).toEqual([])
        const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
        expect(widths[0], view).toBeLessThanOrEqual(widths[1] ?? 0)
      }
      const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
      expect(background).toBe(colorScheme === 'dark' ? 'rgb(14, 17, 22)' : 'rgb(245, 246, 248)')
    },
  )

  test('the form for the token has no serious finding', async () => {
    const { server } = await arrange({ token: TOKEN })
    const { page } = await open(server.url)
    expect(await serious(page)).toEqual([])
  })

  test('every view is reached by keyboard alone', async () => {
    const { server } = await arrange()
    const { page } = await openLive(server.url)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
    for (let presses = 0; presses < 6; presses += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.title()).toContain('Blocklist')
  })

  test('nothing moves for who asked for that', async () => {
    const { server } = await arrange()
    const { page } = await openLive(server.url, 'overview', { reducedMotion: 'reduce' })
    await server.close()
    await page.locator('.connection.lost').waitFor()
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
  })
})
