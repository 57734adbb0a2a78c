import type { ListedCommand } from './command.js'

/** Every command, in the order of `cscapi --help`. */
export const COMMANDS: readonly ListedCommand[] = [
  { name: 'version', summary: 'print the version', load: () => import('./commands/version.js') },
]
