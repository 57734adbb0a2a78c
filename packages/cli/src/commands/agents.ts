import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description('Looks after the agents that may post alerts to cscapi local-api.')
    .addHelpText('after', examples(['cscapi agents add web-1', 'cscapi agents ls', 'cscapi agents approve web-2']))

  command
    .command('add')
    .summary('make an agent, and print its password')
    .description('Makes an agent, and prints its password. It is kept as a hash, and cannot be shown again.')
    .argument('<name>', 'a name of your choice')
    .addHelpText('after', examples(['cscapi agents add web-1']))
    .action(async (name: string) => (await import('../local-api/agents.js')).addAgent(cli, name))

  command
    .command('ls')
    .summary('list agents')
    .description('Lists the agents, those that wait to be approved included; no password is shown.')
    .addHelpText('after', examples(['cscapi agents ls']))
    .action(async () => (await import('../local-api/agents.js')).listAgents(cli))

  command
    .command('approve')
    .summary('let an agent in that has registered')
    .description('Lets an agent log in that has registered by itself.')
    .argument('<name>', 'the agent')
    .addHelpText('after', examples(['cscapi agents approve web-2']))
    .action(async (name: string) => (await import('../local-api/agents.js')).changeAgent(cli, 'approve', name))

  command
    .command('rm')
    .summary('remove an agent')
    .description('Removes an agent: its token is refused at once.')
    .argument('<name>', 'the agent')
    .addHelpText('after', examples(['cscapi agents rm web-1']))
    .action(async (name: string) => (await import('../local-api/agents.js')).changeAgent(cli, 'remove', name))
}
