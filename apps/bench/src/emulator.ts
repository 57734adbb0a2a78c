import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./emulator-process.js', import.meta.url))

/** Starts an emulator in a process of its own. */
export async function startEmulator(latencyMs: number): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [PROGRAM, String(latencyMs)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { url: String(line).trim(), stop: () => child.kill() }
}
