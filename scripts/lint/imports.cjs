// Which file may import which: read by dependency-cruiser in `run lint`.

/** For each package, the others that it may import. An arrow that is not here does not exist. */
const ARROWS = {
  signals: [],
  core: ['signals'],
  decisions: ['signals'],
  emulator: ['signals'],
  storage: ['core', 'signals'],
  'storage-sql': ['storage', 'core', 'signals'],
  'storage-sqlite': ['storage-sql', 'storage', 'core', 'signals'],
  'storage-postgres': ['storage-sql', 'storage', 'core', 'signals'],
  'storage-redis': ['storage', 'core', 'signals'],
  inputs: ['signals'],
  'open-storage': ['storage-sqlite', 'storage-postgres', 'storage-redis', 'storage', 'core', 'signals'],
  'local-api': ['client', 'decisions', 'signals'],
  client: ['core', 'signals', 'decisions', 'storage'],
  ops: ['client', 'decisions', 'signals'],
  // From a terminal, everything.
  cli: [
    'client',
    'core',
    'decisions',
    'emulator',
    'inputs',
    'local-api',
    'open-storage',
    'ops',
    'signals',
    'storage',
    'storage-postgres',
    'storage-redis',
    'storage-sqlite',
  ],
  'test-servers': [],
}

/** Tests start real servers; this package is published to nobody. */
const FOR_TESTS = 'test-servers'

/** A package by its folder, and by its name where it is not built yet. */
const oneOf = (names) => `(^packages/|^@cscapi/)(${names.join('|')})(/|$)`

const TESTS = '(\\.test\\.ts$|^packages/[^/]+/test/)'

const arrows = Object.entries(ARROWS).map(([name, targets]) => ({
  name: `arrows-of-${name}`,
  comment: `@cscapi/${name} may import ${targets.join(', ') || 'no other package'} (docs/README.md has the picture)`,
  severity: 'error',
  from: { path: `^packages/${name}/` },
  to: { path: '(^packages/|^@cscapi/)', pathNot: oneOf([name, ...targets, FOR_TESTS]) },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two files that import each other, types included, cannot be understood one after the other',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...arrows,
    {
      name: 'test-servers-in-tests-only',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: [TESTS, `^packages/${FOR_TESTS}/`] },
      to: { path: oneOf([FOR_TESTS]) },
    },
    {
      name: 'no-test-in-product',
      comment: 'What is published does not import tests, or what only tests need',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'only-types-of-storage-in-client',
      comment: 'The client takes a storage; it brings none',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: TESTS },
      to: { path: oneOf(['storage']), preCompilationOnly: false },
    },
    {
      name: 'signals-run-everywhere',
      comment: 'No module of Node.js: a browser and an edge worker load it',
      severity: 'error',
      from: { path: '^packages/signals/src/', pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'packages-by-their-name',
      comment: 'Another package is imported by its name, which exports what is public',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/(src|test)/' },
      to: { path: '^(packages|apps)/', pathNot: ['^(packages|apps)/$2/', '/dist/'], dependencyTypes: ['local'] },
    },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/generated/', '\\.gen\\.ts$'] },
  },
}
