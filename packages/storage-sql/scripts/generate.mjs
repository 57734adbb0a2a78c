// Run in an adapter's folder. Writes what is made from other files: the Prisma client (not with
// `--without-prisma`, for those who have not installed Prisma), and the migrations.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

if (!process.argv.includes('--without-prisma')) generatePrismaClient()
await import('./embed-migrations.mjs')

function generatePrismaClient() {
  // `generate` looks for the native engine without using it: any existing file keeps it from a
  // download.
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  const { status, stdout, stderr } = spawnSync(resolve('node_modules/.bin/prisma'), ['generate'], {
    env,
    encoding: 'utf8',
  })
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`)
    process.exit(1)
  }
}
