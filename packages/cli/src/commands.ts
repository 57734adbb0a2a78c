import type { ListedCommand } from './command.js'

/** Every command, in the order of `cscapi --help`. */
export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'init',
    summary: 'ask what is needed, and write the configuration',
    load: () => import('./commands/init.js'),
  },
  { name: 'doctor', summary: 'check the set-up, and say what to do', load: () => import('./commands/doctor.js') },
  {
    name: 'watch',
    summary: 'follow files; send, pull and prune on schedule',
    load: () => import('./commands/watch.js'),
  },
  { name: 'run', summary: 'send, pull and prune on schedule', load: () => import('./commands/run.js') },
  { name: 'add', summary: 'store attacks as signals, to be sent', load: () => import('./commands/add.js') },
  { name: 'preview', summary: 'print what waits, as it would leave', load: () => import('./commands/preview.js') },
  { name: 'send', summary: 'send what is due', load: () => import('./commands/send.js') },
  {
    name: 'status',
    summary: 'show what waits, what fails and what pauses',
    load: () => import('./commands/status.js'),
  },
  { name: 'signals', summary: 'list, requeue, purge and export signals', load: () => import('./commands/signals.js') },
  { name: 'machines', summary: 'list, show, revive and remove machines', load: () => import('./commands/machines.js') },
  { name: 'enroll', summary: 'enroll machines in the console', load: () => import('./commands/enroll.js') },
  { name: 'decisions', summary: 'pull, ask and export the blocklist', load: () => import('./commands/decisions.js') },
  { name: 'copy', summary: 'copy one store into another', load: () => import('./commands/copy.js') },
  {
    name: 'import',
    summary: 'take over machines and signals of another client',
    load: () => import('./commands/import.js'),
  },
  { name: 'emulator', summary: 'run a CAPI of your own, for tests', load: () => import('./commands/emulator.js') },
  { name: 'config', summary: 'show the configuration', load: () => import('./commands/config.js') },
  { name: 'completion', summary: 'print the completion of a shell', load: () => import('./commands/completion.js') },
  { name: 'complete', summary: 'say what may follow', hidden: true, load: () => import('./commands/complete.js') },
  { name: 'version', summary: 'print the version', load: () => import('./commands/version.js') },
]
