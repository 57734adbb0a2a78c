import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { describe, expect, test } from 'vitest'
import { fetchRuntime, runtimes, whyNoRuntimes } from './packed/runtimes.js'
import { workspaceRoot } from './workspace.js'

const reason = whyNoRuntimes()
/** Those that have a SQLite of their own. */
const nodes = runtimes.filter(({ name }) => /^Node\.js (22|24|26)$/.test(name))

interface Report {
  readonly success: boolean
  readonly numFailedTests: number
  readonly testResults: readonly { readonly assertionResults: readonly { fullName: string; status: string }[] }[]
}

/** Runs the suites of storage-sqlite in another Node, on the SQLite inside it. */
async function runSuites(node: string): Promise<Report> {
  const file = join(temporaryFolder(), 'report.json')
  const vitest = join(workspaceRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const only = ['--project', '@cscapi/storage-sqlite', '--testNamePattern', "on 'node:sqlite'"]
  const args = [vitest, 'run', ...only, '--reporter=json', `--outputFile=${file}`]
  const env = { ...process.env, CSCAPI_TEST_SQLITE_DRIVER: 'node:sqlite' }
  // The report says what failed, and why.
  await new Promise((resolve) => execFile(node, args, { cwd: workspaceRoot, env, maxBuffer: 2 ** 26 }, resolve))
  return JSON.parse(readFileSync(file, 'utf8'))
}

describe.skipIf(reason !== undefined)(
  `the suites of storage-sqlite on node:sqlite${reason === undefined ? '' : ` (not here: ${reason})`}`,
  () => {
    test.each(nodes)(
      'pass in $name $version',
      async (runtime) => {
        const { testResults } = await runSuites(await fetchRuntime(runtime))
        const results = testResults.flatMap(({ assertionResults }) => assertionResults)
        const ran = results.filter(({ fullName }) => fullName.includes("on 'node:sqlite'"))
        expect(ran.filter(({ status }) => status !== 'passed')).toEqual([])
        for (const suite of ['keeps the promises of the storage port', 'killed in the middle of adding', 'a full disk'])
          expect(ran.map(({ fullName }) => fullName).join('\n')).toContain(suite)
      },
      900_000,
    )
  },
)
