import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Contest, Numbers, Setting } from './frame/bench.js'

/** fail2ban calls it once a ban. */
const GOAL_MS = 250

const TELL_CPU = `process.on('exit', () => { const { user, system } = process.cpuUsage(); process._rawDebug('CPU ' + (user + system) / 1_000) })`
const BAN = `ip=203.0.113.7 jail=sshd time=${Math.floor(Date.now() / 1_000)} failures=5 restored=0\n`

/** The ways in which one signal is added. */
const WAYS: Readonly<Record<string, { readonly args: readonly string[]; readonly input: string }>> = {
  'from flags': { args: ['--ip', '203.0.113.7', '--scenario', 'crowdsecurity/ssh-bf'], input: '' },
  'as fail2ban does': { args: ['--format', 'fail2ban'], input: BAN },
}

/** Milliseconds of processor time of a whole process, from its start to its end. */
function cpuOf(args: readonly string[], input: string, folder: string): number {
  const { status, stderr } = spawnSync(process.execPath, args, {
    input,
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL_CPU)}`,
      CSCAPI_STORAGE: `sqlite:${join(folder, 'cli.db')}`,
      CSCAPI_ENVIRONMENT: 'http://127.0.0.1:8088/v3',
      CSCAPI_MACHINE_ID: 'a1'.repeat(24),
    },
  })
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`)
  return Number(/CPU ([\d.]+)/.exec(stderr)?.[1])
}

const BIN = join(dirname(createRequire(import.meta.url).resolve('@cscapi/cli/package.json')), 'dist', 'bin.js')

function add(way: string, { folder }: Setting): Numbers {
  const { args, input } = WAYS[way] ?? { args: [], input: '' }
  const once = () => cpuOf([BIN, 'add', ...args], input, folder)
  // Makes the store.
  once()
  return { cpuMs: once() }
}

/**
 * What one `cscapi add` of one signal costs as a whole process, beside a process that does nothing.
 */
export const cliAdd: Contest = {
  sides: {
    ...Object.fromEntries(Object.keys(WAYS).map((way) => [way, (setting: Setting) => add(way, setting)])),
    nothing: ({ folder }) => ({ cpuMs: cpuOf(['--eval', '0'], '', folder) }),
  },
  rows: Object.keys(WAYS).map((way) => ({
    name: `cscapi add, one signal ${way}: CPU of the process`,
    unit: 'ms',
    ours: [way, 'cpuMs'],
    baseline: ['nothing', 'cpuMs'],
    goal: { ours: { atMost: GOAL_MS } },
  })),
}
