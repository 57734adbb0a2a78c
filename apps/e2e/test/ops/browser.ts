import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium } from '@cscapi/test-servers'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Real Chromium, without a window. */
export async function startBrowser() {
  const { command, env } = await findChromium()
  const home = mkdtempSync(join(tmpdir(), 'cscapi-browser-'))
  const browser = await chromium.launch({
    executablePath: command,
    // As root there is no sandbox; what is opened is ours.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      // A name of somebody else that leads here.
      '--host-resolver-rules=MAP evil.example 127.0.0.1',
    ],
    env: { ...process.env, ...env, HOME: home },
  })
  const open = async (options: BrowserContextOptions = {}): Promise<BrowserContext> => browser.newContext(options)
  const close = async () => {
    await browser.close()
    rmSync(home, { recursive: true, force: true })
  }
  return { browser, open, close }
}

/**
 * What a page complained of: errors, refusals of its policy, and requests to others than `origin`.
 */
export async function watchPage(page: Page, origin: string) {
  const seen = { errors: [] as string[], violations: [] as string[], strangers: [] as string[] }
  page.on('pageerror', (error) => seen.errors.push(error.message))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:')) seen.strangers.push(url)
  })
  await page.exposeFunction('tellViolation', (text: string) => seen.violations.push(text))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const { tellViolation } = globalThis as unknown as { tellViolation(text: string): void }
      tellViolation(`${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  return seen
}
