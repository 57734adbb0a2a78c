import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './paths.mjs'

/**
 * Runs a task of turbo.json in every package; turbo does only what changed since the last time.
 * @param {'generate' | 'build'} task
 * @param {(line: string) => void} say
 */
export function turbo(task, say) {
  say(task === 'build' ? 'Building all packages…' : 'Generating sources…')
  const started = performance.now()
  const program = join(root, 'node_modules', 'turbo', 'bin', 'turbo')
  const run = spawnSync(process.execPath, [program, 'run', task, '--output-logs=errors-only'], {
    cwd: root,
    env: quiet(process.env),
    encoding: 'utf8',
    maxBuffer: 256 * 2 ** 20,
  })
  if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}\nturbo run ${task} failed: its log is above.`)
  say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
}

/** No tool reports home, and no nested pnpm installs again. */
function quiet(env) {
  return {
    ...env,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
}
