import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformanceCases } from '@cscapi/storage/conformance'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmptyProject } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'

const project = new EmptyProject()

beforeAll(() => {
  const tarballs = mkdtempSync(join(tmpdir(), 'cscapi-tarballs-'))
  try {
    project.install([...packWithDependencies(['@cscapi/storage'], tarballs), 'vitest@4'])
  } finally {
    rmSync(tarballs, { recursive: true, force: true })
  }
})
afterAll(() => project.remove())

/** An adapter of somebody else's, in a project of its own. */
const suite = (adapter: string) => `
import { MemoryStorage } from '@cscapi/storage'
import { storageConformance } from '@cscapi/storage/conformance'

${adapter}

storageConformance({
  name: 'a storage from elsewhere',
  emptyStore({ now }) {
    const shared = new Adapter({ now })
    return { standsStill: true, connection: () => new Adapter({ shared }) }
  },
})
`

const run = `
import { startVitest } from 'vitest/node'
const vitest = await startVitest('test', [], { watch: false, reporters: [{}] })
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()])
await vitest.close()
const failed = tests.filter((test) => test.result().state !== 'passed').map(({ name }) => name)
process.exitCode = 0
console.log(JSON.stringify({ tests: tests.length, failed }))
`

test('the conformance suite runs on an adapter outside this repository, and finds its fault', async () => {
  project.write('run.mjs', run)
  project.write('conformance.test.mjs', suite('const Adapter = MemoryStorage'))
  expect(await project.node('run.mjs', {})).toEqual({ tests: conformanceCases.length, failed: [] })

  const broken = `class Adapter extends MemoryStorage {
    async extend() { return true }
  }`
  project.write('conformance.test.mjs', suite(broken))
  const { failed } = (await project.node('run.mjs', {})) as { failed: string[] }
  expect(failed.length).toBeGreaterThan(0)
  expect(failed.length).toBeLessThan(conformanceCases.length / 2)
})
