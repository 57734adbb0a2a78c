import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { EXIT, type ExitCode } from '../exit-codes.js'

/** Has flags and a help of its own: all that follows is handed to it. */
export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Runs a CAPI of your own on 127.0.0.1, for tests and offline work: what follows are options of cscapi-emulator.',
    )
    .argument('[option...]')
    .helpOption(false)
    .allowUnknownOption()
    .action(async (options: string[]) => {
      const folder = dirname(createRequire(import.meta.url).resolve('@cscapi/emulator/package.json'))
      const child = spawn(
        process.execPath,
        [join(folder, 'dist', 'bin.js'), ...(cli.json ? ['--json'] : []), ...options],
        { stdio: 'inherit' },
      )
      // Ctrl-C reaches both; SIGTERM is handed on.
      cli.signal.addEventListener('abort', () => child.kill('SIGTERM'))
      const [code] = await once(child, 'exit')
      cli.exitWith((code ?? EXIT.failed) as ExitCode)
    })
}
