// Run in an adapter's folder. Writes its migrations as strings, since files beside a bundle get
// lost in other bundles.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const files = readdirSync('migrations')
  .filter((name) => name.endsWith('.sql'))
  .sort()
const migrations = files.map((file, index) => {
  const sql = readFileSync(`migrations/${file}`, 'utf8')
  if (Number.parseInt(file, 10) !== index + 1)
    throw new Error(`migrations are numbered from 0001 without gaps: ${file}`)
  return {
    version: index + 1,
    name: file.replace(/\.sql$/, ''),
    checksum: createHash('sha256').update(sql).digest('hex'),
    lines: sql.split('\n'),
  }
})
// Line by line, since an error that nobody catches shows the line of the bundle that threw it.
const text = `// Made from migrations/*.sql.
import type { Migration } from '@cscapi/storage-sql'

export const migrations: readonly Migration[] = ${JSON.stringify(migrations, null, 2)}
  .map(({ lines, ...migration }) => ({ ...migration, sql: lines.join('\\n') }))
`
writeFileSync('src/migrations.gen.ts', text)
