import type { ListedCommand } from './command.js'

/** Every command, in the order of `cscapi --help`. */
export const COMMANDS: readonly ListedCommand[] = [
  { name: 'add', summary: 'store attacks as signals, to be sent', load: () => import('./commands/add.js') },
  { name: 'version', summary: 'print the version', load: () => import('./commands/version.js') },
]
