import { VERSION } from '@cscapi/core'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command.addHelpText('after', examples(['cscapi version', 'cscapi version --json'])).action(() => {
    const { platform, arch, version } = process
    if (cli.json) cli.terminal.json({ cscapi: VERSION, node: version, platform, arch })
    else cli.terminal.line(`cscapi ${VERSION} (Node.js ${version}, ${platform} ${arch})`)
  })
}
