// Writes the tables of figures, in every page of the docs that has some, from the recorded runs.
import { readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { docsPages, withFigures } from './docs-pages.js'
import { readRuns } from './frame/record.js'
import { repository } from './repository.js'

const runs = readRuns()
for (const path of docsPages()) {
  const page = readFileSync(path, 'utf8')
  const quoted = withFigures(page, runs)
  if (quoted === page) continue
  writeFileSync(path, quoted)
  process.stdout.write(`${relative(repository, path)}: tables written\n`)
}
