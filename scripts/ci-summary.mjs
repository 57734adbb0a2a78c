// The last line of a CI run: `node scripts/ci-summary.mjs STEP=REPORT… [FAILED-STEP…]`, where
// REPORT is vitest's JSON of a step that runs tests.
import { readFileSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Counts what vitest reported. A skipped test, a file that could not run, and a failed step are
 * failures too: nothing that was not shown to work counts as working.
 * @param {Record<string, { testResults: { name: string, status: string, message?: string,
 * assertionResults: { fullName: string, status: string }[] }[] }>} reports by the step that made it
 * @param {readonly string[]} failedSteps names of the steps that failed
 * @returns {{ passed: number, problems: string[] }} a problem is one sentence; each counts as one
 * failure
 */
export function summarise(reports, failedSteps) {
  let passed = 0
  const problems = []
  const explained = new Set()
  for (const [step, { testResults }] of Object.entries(reports)) {
    const found = testResults.map(countFile)
    const told = found.flatMap((file) => file.problems)
    const good = found.reduce((sum, file) => sum + file.passed, 0)
    if (good === 0) told.push(`failed: no test of step ${step} passed`)
    // A step of tests fails with its tests, which are counted already; alone it means an error
    // outside of any test.
    if (told.length > 0) explained.add(step)
    passed += good
    problems.push(...told)
  }
  for (const step of failedSteps) if (!explained.has(step)) problems.push(`failed: step ${step}`)
  return { passed, problems }
}

function countFile(file) {
  let passed = 0
  const problems = []
  for (const { fullName, status } of file.assertionResults) {
    if (status === 'passed') passed++
    else problems.push(`${status === 'failed' ? 'failed' : 'skipped'}: ${fullName} (${shown(file.name)})`)
  }
  const accused = file.assertionResults.some(({ status }) => status === 'failed')
  if (file.status === 'failed' && !accused)
    problems.push(`failed: ${shown(file.name)} did not run: ${file.message ?? ''}`)
  return { passed, problems }
}

/** Vitest names files by their full path. */
const shown = (path) => (isAbsolute(path) ? relative(process.cwd(), path) : path)

function main(args) {
  const reports = args.filter((arg) => arg.includes('=')).map((arg) => arg.split('='))
  const failedSteps = args.filter((arg) => !arg.includes('='))
  const read = Object.fromEntries(reports.map(([step, path]) => [step, readReport(path)]))
  const { passed, problems } = summarise(read, failedSteps)
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
