import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { workspaceRoot } from '../workspace.js'

const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage'])

function* markdownBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !NOT_OURS.has(entry.name)) yield* markdownBelow(path)
    else if (entry.isFile() && entry.name.endsWith('.md')) yield path
  }
}

/** Every Markdown file of the repository, relative to its root. */
export const pages: readonly string[] = [...markdownBelow(workspaceRoot)].map((path) => relative(workspaceRoot, path))
