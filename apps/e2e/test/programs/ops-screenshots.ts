// Takes the screenshots of docs/images: node apps/e2e/scripts/ops-screenshots.mjs
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { serveOps } from '@cscapi/ops'
import { startBrowser } from '../ops/browser.js'
import { arrangeFleet, sensor } from '../ops/fleet.js'
import { OpsClock } from '../ops/ops-clock.js'

const [folder = 'docs/images'] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })

const STEP_MS = 10_000
const STEPS = 700
const clock = new OpsClock(Date.now() - STEPS * STEP_MS)
const { client, emulator, add } = arrangeFleet(clock)
const server = await serveOps(client, { port: 0, clock })

// Some hours of a small fleet, with a short outage.
await client.start({ pullMachineId: sensor(1), sendEveryMs: 60_000 })
await clock.advance(1_000)
emulator.faults.inject({
  route: 'login',
  kind: 'bad-credentials',
  machineId: sensor(3),
  times: Number.POSITIVE_INFINITY,
})
const refused = { route: 'signals', status: 400, body: { message: 'source.value is not a public address' } } as const
emulator.faults.inject({ ...refused, machineId: sensor(2), skip: 20, times: 14 })
for (let step = 0; step < STEPS; step += 1) {
  const wave = 3 + Math.sin(step / 60) * 2 + Math.sin(step / 9)
  const burst = step % 233 > 215 ? 9 : 0
  for (let number = 1; number <= 12; number += 1) {
    const count = Math.floor((wave + burst) / 4 + ((step * 7 + number * 13) % 10) / 9)
    // Two of them joined later, and CAPI refuses both.
    const isThere = (number !== 3 && number !== 4) || step > 610
    if (count > 0 && isThere) await add(number, count)
  }
  if (step === 300) emulator.faults.inject({ route: 'signals', status: 503, times: 5 })
  await clock.advance(STEP_MS)
}
await client.enrollMachines({
  machineIds: [sensor(1), sensor(2), sensor(5), sensor(6)],
  attachmentKey: 'abcdef0123456789',
})
for (let number = 20; number < 28; number += 1) await add(number, 1)
clock.goLive()

const { open, close } = await startBrowser()
const shot = async (name: string, view: string, size: { width: number; height: number }, scheme: 'light' | 'dark') => {
  const context = await open({ viewport: size, colorScheme: scheme, deviceScaleFactor: size.width < 500 ? 2 : 1.5 })
  const page = await context.newPage()
  await page.goto(`${server.url}#${view}`)
  await page.getByText('Live', { exact: true }).waitFor()
  if (view === 'blocklist') {
    await page.getByLabel('IPv4 or IPv6 address').fill('203.0.113.7')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.locator('.verdict').waitFor()
  }
  await page.waitForTimeout(1_000)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: size.width >= 500 })
  await context.close()
}
const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 360, height: 740 }
await shot('ops-light', 'overview', WIDE, 'light')
await shot('ops-dark', 'overview', WIDE, 'dark')
await shot('ops-narrow', 'overview', NARROW, 'light')
await shot('ops-machines', 'machines', WIDE, 'light')
await shot('ops-dead-letters', 'dead-letters', WIDE, 'light')
await shot('ops-blocklist', 'blocklist', WIDE, 'light')
await close()
await server.close()
await client.close()
