import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'
import type { ServeFlags } from '../local-api/serve.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      "Serves the engine's Local API to bouncers and agents until Ctrl-C. cscapi run sends and pulls beside it.",
    )
    .option('--host <address>', 'where to listen (default: 127.0.0.1)')
    .option('--port <number>', 'the port (default: 8080)', readPort)
    .option('--socket <path>', 'a Unix socket, in place of host and port')
    .addHelpText('after', examples(['cscapi local-api', 'cscapi local-api --port 8081']))
    .action(async (flags: ServeFlags) => (await import('../local-api/serve.js')).serveLocalApi(cli, flags))
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}
