// Makes a checkout ready for a command: `node scripts/prepare.mjs [generate|build]` installs what
// changed; `generate` writes the sources that are made of others, `build` builds every package and
// the addon of the tests that take long.
// Plain Node without dependencies, because it runs before anything else is known to work.
import { command } from './prepare/command.mjs'
import { install } from './prepare/install.mjs'
import { provideSqlite } from './prepare/sqlite-addon.mjs'
import { turbo } from './prepare/turbo.mjs'

const [task] = process.argv.slice(2)

await command(() => {
  install('all', console.log)
  if (task !== undefined) turbo(task, console.log)
  if (task === 'build') provideSqlite(console.log)
})
