import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

test('openStorage says what to install when the adapter is not there', async () => {
  const project = mkdtempSync(join(tmpdir(), 'cscapi-open-'))
  onTestFinished(() => rmSync(project, { recursive: true }))
  const modules = join(project, 'node_modules', '@cscapi')
  mkdirSync(join(modules, 'open-storage'), { recursive: true })
  const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)))
  cpSync(join(packageFolder, 'dist'), join(modules, 'open-storage', 'dist'), { recursive: true })
  cpSync(join(packageFolder, 'package.json'), join(modules, 'open-storage', 'package.json'))
  const require = createRequire(import.meta.url)
  for (const name of ['core', 'signals', 'storage'])
    symlinkSync(realpathSync(dirname(require.resolve(`@cscapi/${name}/package.json`))), join(modules, name))
  symlinkSync(realpathSync(dirname(require.resolve('zod/package.json'))), join(project, 'node_modules', 'zod'))
  const script = `import { openStorage } from '@cscapi/open-storage'
    for (const url of ['sqlite:x.db', 'redis://127.0.0.1:1', 'postgres://127.0.0.1:1/d']) await openStorage(url).catch((error) => console.log(error.code, error.message))`
  writeFileSync(join(project, 'main.mjs'), script)
  const { stdout } = await promisify(execFile)(process.execPath, ['main.mjs'], { cwd: project })
  expect(stdout).toMatch(
    /^adapter_missing .*npm install @cscapi\/storage-sqlite.*\nadapter_missing .*npm install @cscapi\/storage-redis.*\nadapter_missing .*npm install @cscapi\/storage-postgres/,
  )
})
