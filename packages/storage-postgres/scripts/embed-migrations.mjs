// Writes the migrations as strings: files beside a bundle get lost in other bundles.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const files = readdirSync(new URL('../migrations/', import.meta.url))
  .filter((name) => name.endsWith('.sql'))
  .sort()
const migrations = files.map((file, index) => {
  const sql = readFileSync(new URL(`../migrations/${file}`, import.meta.url), 'utf8')
  if (Number.parseInt(file, 10) !== index + 1)
    throw new Error(`migrations are numbered from 0001 without gaps: ${file}`)
  return {
    version: index + 1,
    name: file.replace(/\.sql$/, ''),
    checksum: createHash('sha256').update(sql).digest('hex'),
    sql,
  }
})
const text = `// Made by scripts/embed-migrations.mjs from migrations/*.sql.\nexport const migrations = ${JSON.stringify(migrations, null, 2)} as const\n`
writeFileSync(new URL('../src/migrations.gen.ts', import.meta.url), text)
