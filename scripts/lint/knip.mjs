// What is exported, installed or written and used by nobody: read by knip in `run lint`.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../prepare/paths.mjs'
import { moduleOf, sources, workspaceFolders } from '../sources/exports.mjs'

const manifestOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

/** What others import from a package, and what is run of it. */
function entriesOf(folder) {
  const exported = [...sources.values()].map((path) => relative(join(root, folder), path))
  const programs = Object.values(manifestOf(folder).bin ?? {}).map((built) => `src/${moduleOf(built)}.ts`)
  return [...exported.filter((path) => !path.startsWith('..')), ...programs]
}

/** Of a workspace's folder: what is looked at, and where reading begins. */
const workspaceOf = (folder, more = {}) => ({
  // Prisma is built into a chunk of its own: scripts/bundle/prisma.mjs.
  entry: [
    ...entriesOf(folder),
    'src/{main,quote,prisma,ops-process,local-api-process}.ts',
    'scripts/*.mjs',
    'test/{programs,packed,readme}/**',
    '**/*.test.ts',
  ],
  project: ['src/**', 'test/**', 'scripts/**', '!**/generated/**'],
  ...more,
})

export default {
  // A type that only describes something exported beside it is part of that.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Programs of the system.
  ignoreBinaries: ['script', 'unshare', 'openssl', 'prlimit', 'mount', 'umount'],
  // A test of the conformance suite runs where its user has vitest.
  exclude: ['optionalPeerDependencies'],
  workspaces: {
    '.': {
      entry: ['scripts/*.mjs', 'scripts/{lint,bundle}/*.mjs', 'scripts/lint/*.cjs'],
      // A declaration lies beside its module.
      project: ['scripts/**', '!scripts/**/*.d.mts'],
      // The demo bundles them from the sources of the packages, which have them for building only.
      ignoreDependencies: Object.keys(manifestOf('.').dependencies),
    },
    ...Object.fromEntries(workspaceFolders.map((folder) => [folder, workspaceOf(folder)])),
    // What the generator of its client asks for.
    'packages/storage-postgres': workspaceOf('packages/storage-postgres', {
      ignoreDependencies: ['prisma', '@prisma/client', '@prisma/driver-adapter-utils'],
    }),
    // zod is bundled as `@cscapi/signals/zod`.
    'packages/storage-sql': workspaceOf('packages/storage-sql', { ignoreDependencies: ['prisma', '@cscapi/signals'] }),
    // Each is a program; the one with a lib of types loads the adapters that a URL names.
    examples: workspaceOf('examples', { entry: ['*.ts', 'test/**'], project: ['*.ts', 'test/**'] }),
    // Imported by a program that is a text.
    'apps/bench': workspaceOf('apps/bench', { ignoreDependencies: ['@cscapi/signals', '@cscapi/cli'] }),
  },
}
