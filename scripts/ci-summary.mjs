// The last line of a CI run: `node scripts/ci-summary.mjs REPORT [FAILED-STEP…]`, where REPORT is
// vitest's JSON.
import { readFileSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Counts what vitest reported. A skipped test, a file that could not run, and a failed step are
 * failures too: nothing that was not shown to work counts as working.
 * @param {{ testResults: { name: string, status: string, message?: string, assertionResults: {
 * fullName: string, status: string }[] }[] }} report
 * @param {readonly string[]} failedSteps names of the steps beside the tests that failed
 * @returns {{ passed: number, problems: string[] }} a problem is one sentence; each counts as one
 * failure
 */
export function summarise(report, failedSteps) {
  let passed = 0
  const problems = []
  for (const file of report.testResults) {
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') passed++
      else problems.push(`${status === 'failed' ? 'failed' : 'skipped'}: ${fullName} (${shown(file.name)})`)
    }
    const accused = file.assertionResults.some(({ status }) => status === 'failed')
    if (file.status === 'failed' && !accused)
      problems.push(`failed: ${shown(file.name)} did not run: ${file.message ?? ''}`)
  }
  if (passed === 0) problems.push('failed: no test passed')
  for (const step of failedSteps) {
    // The test step fails with its tests, which are counted already; alone it means an error
    // outside of any test.
    if (step === 'test' && problems.length > 0) continue
    problems.push(`failed: step ${step}`)
  }
  return { passed, problems }
}

/** Vitest names files by their full path. */
const shown = (path) => (isAbsolute(path) ? relative(process.cwd(), path) : path)

function main([path, ...failedSteps]) {
  const { passed, problems } = summarise(readReport(path), failedSteps)
  for (const problem of problems) console.log(problem)
  console.log(`${passed} passed, ${problems.length} failed`)
  if (problems.length > 0) process.exitCode = 1
}

/** No report means that the run died before its end: no test counts. */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { testResults: [] }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2))
