import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function holderIsGone(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    if (!Number.isInteger(pid) || pid <= 0) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/**
 * Runs `work` while no other process does the same under this path; a lock whose process died is
 * taken over.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  for (const deadline = performance.now() + 300_000; !tryLock(path); await sleep(100)) {
    if (holderIsGone(path)) rmSync(path, { force: true })
    if (performance.now() > deadline)
      throw new Error(`The lock ${path} was not free within 5 minutes. Remove it if no test is running.`)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}
