import type { ListedCommand } from './command.js'

/** Every command, in the order of `cscapi --help`. */
export const COMMANDS: readonly ListedCommand[] = [
  { name: 'add', summary: 'store attacks as signals, to be sent', load: () => import('./commands/add.js') },
  { name: 'send', summary: 'send what is due', load: () => import('./commands/send.js') },
  {
    name: 'watch',
    summary: 'follow files, send, pull and prune, on schedule',
    load: () => import('./commands/watch.js'),
  },
  { name: 'run', summary: 'send, pull and prune, on schedule', load: () => import('./commands/run.js') },
  {
    name: 'status',
    summary: 'show what waits, what fails and what pauses',
    load: () => import('./commands/status.js'),
  },
  { name: 'version', summary: 'print the version', load: () => import('./commands/version.js') },
]
