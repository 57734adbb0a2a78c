import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmptyProject } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'
import { workspaceRoot } from './workspace.js'

const project = new EmptyProject()

beforeAll(() => {
  const tarballs = mkdtempSync(join(tmpdir(), 'cscapi-tarballs-'))
  try {
    project.install(packWithDependencies(['@cscapi/emulator'], tarballs))
  } finally {
    rmSync(tarballs, { recursive: true, force: true })
  }
})

afterAll(() => project.remove())

test('the command of the README runs what the package brings', () => {
  const readme = readFileSync(join(workspaceRoot, 'packages', 'emulator', 'README.md'), 'utf8')
  const commands = [...readme.matchAll(/^npx (\S+)/gm)].map(([, name]) => name)
  expect(commands).toEqual(['@cscapi/emulator'])
  for (const name of [...commands, 'cscapi-emulator']) {
    const version = execFileSync('npx', ['--no-install', String(name), '--version'], { cwd: project.folder })
    expect(String(version)).toMatch(/^\d+\.\d+\.\d+\n$/)
  }
})
