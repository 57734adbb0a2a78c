// Makes a fresh checkout ready: `node scripts/prepare.mjs [--build [PACKAGE]]`.
// Plain Node without dependencies, because it runs before anything else is known to work.
import { build } from './prepare/build.mjs'
import { nodeComplaint } from './prepare/node-version.mjs'
import { provideSqlite } from './prepare/sqlite-addon.mjs'

const [flag, target] = process.argv.slice(2)

try {
  const complaint = nodeComplaint(process.versions.node)
  if (complaint !== undefined) throw new Error(complaint)
  provideSqlite(console.log)
  if (flag === '--build') build(console.log, target)
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
