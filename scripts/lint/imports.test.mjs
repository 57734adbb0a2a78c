import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import { afterEach, expect, test } from 'vitest'
import config from './imports.cjs'

let folder
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The names of the rules that a workspace of these files breaks. */
async function broken(files) {
  folder = mkdtempSync(join(tmpdir(), 'imports-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const { tsConfig, ...options } = config.options
  const { output } = await cruise(['packages'], {
    ...options,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
    baseDir: folder,
  })
  return output.summary.violations.map(({ rule }) => rule.name)
}

test.each([
  ['signals', "import '@cscapi/core'", 'arrows-of-signals'],
  ['client', "import '@cscapi/storage-sqlite'", 'arrows-of-client'],
  ['decisions', "import type { Clock } from '@cscapi/core'", 'arrows-of-decisions'],
  ['core', "await import('@cscapi/client')", 'arrows-of-core'],
  ['core', "import '../../signals/src/errors.js'", 'packages-by-their-name'],
  ['signals', "import 'node:fs'", 'signals-run-everywhere'],
  ['client', "export { MemoryStorage } from '@cscapi/storage'", 'only-types-of-storage-in-client'],
  ['core', "import '@cscapi/test-servers'", 'test-servers-in-tests-only'],
  ['core', "import './a.test.js'", 'no-test-in-product'],
])('in %s, %s breaks %s', async (name, line, rule) => {
  const files = {
    [`packages/${name}/src/index.ts`]: `${line}\nexport const a = 1\n`,
    [`packages/${name}/src/a.test.ts`]: 'export {}\n',
    'packages/signals/src/errors.ts': 'export {}\n',
  }
  expect(await broken(files)).toContain(rule)
})

test('two files that import each other break no-circle, by types alone too', async () => {
  const files = {
    'packages/core/src/a.ts': "import type { B } from './b.js'\nexport interface A { b: B }\n",
    'packages/core/src/b.ts': "import type { A } from './a.js'\nexport interface B { a: A }\n",
  }
  expect(await broken(files)).toEqual(['no-circle'])
})

test('what is allowed breaks nothing', async () => {
  const files = {
    'packages/client/src/index.ts':
      "import '@cscapi/core'\nimport type { Storage } from '@cscapi/storage'\nimport 'node:fs'\n",
    'packages/client/src/a.test.ts': "import '@cscapi/test-servers'\nimport './index.js'\n",
  }
  expect(await broken(files)).toEqual([])
})
