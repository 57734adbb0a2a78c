import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { benches } from './benches.js'
import { capacity } from './capacity.js'
import { quoteFigures } from './frame/quote.js'
import type { RecordedRuns } from './frame/record.js'
import { repository } from './repository.js'

const FOLDERS = ['.', 'docs', 'packages/*', 'apps/*', 'examples']

/** Paths of every page of the docs and of every README. */
export function docsPages(): string[] {
  const folders = FOLDERS.flatMap((folder) => {
    if (!folder.endsWith('/*')) return [folder]
    const parent = folder.slice(0, -2)
    return readdirSync(join(repository, parent)).map((name) => join(parent, name))
  })
  return folders.flatMap((folder) => {
    const names = readdirSync(join(repository, folder)).filter((name) => name.endsWith('.md'))
    return names.map((name) => join(repository, folder, name))
  })
}

/** The page with every table that it quotes as the recorded runs give it. */
export const withFigures = (page: string, runs: RecordedRuns) =>
  quoteFigures(page, runs, Object.keys(benches), { capacity })
