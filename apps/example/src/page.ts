import { spawn } from 'node:child_process'
import type { CapiClient } from '@cscapi/client'
import type { ServingOps } from '@cscapi/ops'

/** Where the page is, unless somebody else listens there. */
const PORT = 8_090

/**
 * Serves the operations page of the client on this host alone. Whoever can connect from here can
 * look; only who knows `CSCAPI_OPS_TOKEN` can change anything.
 */
export async function servePage(client: CapiClient, expectScheduler: boolean): Promise<ServingOps> {
  const { serveOps } = await import('@cscapi/ops')
  const token = process.env.CSCAPI_OPS_TOKEN || undefined
  const options = { expectScheduler, readOnly: token === undefined, ...(token !== undefined && { token }) }
  try {
    return await serveOps(client, { ...options, port: PORT })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    return await serveOps(client, { ...options, port: 0 })
  }
}

/** Shows a page in the browser of whoever sits here; `false` where there is none. */
export function openInBrowser(url: string): Promise<boolean> {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open'
  return new Promise((resolve) => {
    const child = spawn(opener, [url], { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false)).once('spawn', () => resolve(true))
    child.unref()
  })
}
