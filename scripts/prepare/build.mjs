import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './paths.mjs'

/**
 * Builds every package, or one and what it needs. Turbo does only what changed since the last time.
 * @param {(line: string) => void} say
 * @param {string | undefined} target a package name
 */
export function build(say, target) {
  const filter = target === undefined ? [] : [`--filter=${target}`]
  say(`Building ${target ?? 'all packages'}…`)
  const started = performance.now()
  const turbo = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', 'build', ...filter, '--output-logs=errors-only'],
    { cwd: root, env: quiet(process.env), encoding: 'utf8', maxBuffer: 256 * 2 ** 20 },
  )
  if (turbo.status !== 0) {
    throw new Error(`${turbo.stdout}${turbo.stderr}\nThe build failed: turbo's log is above.`)
  }
  say(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
}

/** No tool reports home from a build, and no nested pnpm installs again. */
function quiet(env) {
  return {
    ...env,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    pnpm_config_verify_deps_before_run: 'false',
  }
}
