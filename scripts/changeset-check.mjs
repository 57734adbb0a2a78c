// Fails when a package's source changed since the main branch and no changeset says so: `node
// scripts/changeset-check.mjs`.
import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'

/**
 * @param {readonly string[]} changed paths that differ from the base
 * @param {readonly string[]} added those that the base does not have
 * @returns {string[]} the published packages' folders that lack a changeset
 */
export function packagesWithoutChangeset(changed, added) {
  if (added.some((path) => /^\.changeset\/(?!README).+\.md$/.test(path))) return []
  const touched = changed
    .filter((path) => !/\.test\.ts$/.test(path))
    .flatMap((path) => path.match(/^(packages\/[^/]+)\/src\//)?.[1] ?? [])
  return [...new Set(touched)]
}

function main() {
  const base = git('merge-base', 'HEAD', 'origin/main')[0]
  if (base === undefined || base === git('rev-parse', 'HEAD')[0]) {
    console.log('No earlier main to compare with: nothing to check.')
    return
  }
  const changed = git('diff', '--name-only', base, 'HEAD')
  const added = git('diff', '--name-only', '--diff-filter=A', base, 'HEAD')
  const missing = packagesWithoutChangeset(changed, added)
  if (missing.length === 0) return
  console.error(
    `No changeset for ${missing.join(', ')}: run \`npx -y pnpm@12 changeset\` and commit the file it writes.`,
  )
  process.exitCode = 1
}

function git(...args) {
  const run = spawnSync('git', args, { encoding: 'utf8' })
  return run.status === 0 ? run.stdout.split('\n').filter((line) => line !== '') : []
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
