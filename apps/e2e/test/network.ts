import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Binary } from '@cscapi/test-servers'
import { onTestFinished } from 'vitest'

/** A network with nothing but loopback, where firewalls have no effect on the machine's. */
export interface OwnNetwork {
  /** The same program, run in there. */
  within(program: Binary): Binary & { readonly before: readonly string[] }
}

/** It ends with the test; `undefined` where the system lets nobody make one. */
export async function newNetwork(): Promise<OwnNetwork | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && echo up && exec sleep 86400'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void holder.kill('SIGKILL'))
  const said = await Promise.race([once(holder.stdout, 'data').then(String), once(holder, 'close').then(() => '')])
  if (!said.includes('up')) return undefined
  const before = ['--target', String(holder.pid), '--net']
  return {
    within: ({ command, env }) => ({ command: 'nsenter', before: [...before, command], ...(env && { env }) }),
  }
}
