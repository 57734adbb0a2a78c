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
    .option('--tls-cert-file <file>', 'serves TLS with this certificate and its chain, as PEM')
    .option('--tls-key-file <file>', 'the key of the certificate, as PEM')
    .option('--tls-ca-file <file>', 'believes certificates of bouncers and agents that these authorities signed')
    .option('--trusted-proxy <address...>', 'addresses, ranges or unix of proxies whose X-Forwarded-For is believed')
    .option('--trusted-address <address...>', 'addresses or ranges, beside loopback, that may delete alerts')
    .option(
      '--register-from <range...>',
      'whence agents register by themselves that know the token in CSCAPI_REGISTRATION_TOKEN',
    )
    .option('--machine-per-agent', 'each agent sends as a CAPI machine of its own')
    .addHelpText(
      'after',
      examples([
        'cscapi local-api',
        'cscapi local-api --host 0.0.0.0 --tls-cert-file lapi.pem --tls-key-file lapi.key',
        'cscapi local-api --register-from 10.0.0.0/8',
      ]),
    )
    .action(async (flags: ServeFlags) => (await import('../local-api/serve.js')).serveLocalApi(cli, flags))
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}
