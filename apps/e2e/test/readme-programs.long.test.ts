import { randomBytes } from 'node:crypto'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEmulator } from '@cscapi/emulator'
import { freePort } from '@cscapi/test-servers'
import { authority } from '@cscapi/test-servers/certificates'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readExamples } from './readme/examples.js'
import { type Run, runExample, type Surroundings } from './readme/run.js'
import { workspaceRoot } from './workspace.js'

/** An empty project that has the packages, and a service of its own to talk to. */
async function surroundings(): Promise<Surroundings> {
  const folder = temporaryFolder()
  symlinkSync(join(workspaceRoot, 'apps', 'e2e', 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'acme-authority.pem'), authority)
  const { url, close } = await createEmulator({ decisions: 1_000 }).listen()
  onTestFinished(close)
  const env = { CSCAPI_KEY: randomBytes(32).toString('base64'), CSCAPI_ATTACHMENT_KEY: 'attachmentkey1' }
  return { folder, baseUrl: url, env }
}

/** Runs every sample of a page, one after the other, in one project. */
async function runPage(page: string): Promise<Run[]> {
  const around = await surroundings()
  const runs: Run[] = []
  for (const example of readExamples(join(workspaceRoot, page))) runs.push(await runExample(example, around))
  return runs
}

test.each([
  ['README.md', /^1 sent, 0 waiting\n$/],
  ['packages/client/README.md', /^1 sent, 0 rejected, 0 put back\nnot blocked\n$/],
  ['packages/core/README.md', /^1000 \[\]\n/],
  ['packages/signals/README.md', /^[0-9a-f-]{36} Ip .*Z\nattackerIp "203\.0\.113\.700" /],
  ['packages/open-storage/README.md', /^\{\n {2}pending: 0,/],
  ['packages/storage-sqlite/README.md', /^\{\n {2}pending: 0,/],
  [
    'docs/sending.md',
    /^\{.*"203\.0\.113\.7".*\}\n1 never_report .*\n2 private_address .*\n1 added, 2 left out\n1 sent, /,
  ],
  ['docs/blocklist.md', /^true 7\d{6} \[\]\nundefined\nfalse\n$/],
  ['docs/security.md', /^0 machines were in clear\n$/],
  ['docs/going-live.md', /^\{\n {2}baseUrl: [\s\S]*\}\nenrolled OK\n$/],
  ['docs/testing-your-program.md', /^1\n1\n1\n$/],
  ['docs/from-python.md', /^1 sent, 0 put back\n[\s\S]*\n52\n$/],
  ['docs/from-php.md', /^2 sent, 0 put back\n/],
  ['docs/moving-a-store.md', /^0 machines and 0 signals\n$/],
  ['docs/exporting-decisions.md', /^"value","scope",/],
])('the samples of %s run as they stand there', async (page, printed) => {
  const runs = await runPage(page)
  expect(runs.filter(({ code }) => code !== 0)).toEqual([])
  expect(runs.map(({ out }) => out).join('')).toMatch(printed)
})

test('the program of the first page prints what the page says', async () => {
  const path = join(workspaceRoot, 'docs/getting-started.md')
  const [, said = 'nothing'] = /It prints\n\n```\n([\s\S]*?)```/.exec(readFileSync(path, 'utf8')) ?? []
  const [program] = readExamples(path)
  if (program === undefined) throw new Error('docs/getting-started.md has no program')
  const { out, ...ending } = await runExample(program, await surroundings())
  expect(ending).toEqual({ code: 0, errors: '' })
  expect(out.slice(0, said.length)).toBe(said)
  expect(out.slice(said.length)).toMatch(/^the first one: ban \S+\n$/)
})

test('the service of docs/operations.md runs, shows its numbers, and stops when it is told', async () => {
  const [program] = readExamples(join(workspaceRoot, 'docs/operations.md'))
  if (program === undefined) throw new Error('docs/operations.md has no program')
  const port = await freePort()
  const code = program.code.replace('9464', String(port))
  let metrics = ''
  const run = await runExample(
    { ...program, code },
    {
      ...(await surroundings()),
      async meanwhile(stop) {
        const ask = () => fetch(`http://127.0.0.1:${port}`).catch(() => undefined)
        const answer = await vi.waitUntil(ask, { timeout: 120_000, interval: 50 })
        metrics = await answer.text()
        stop()
      },
    },
  )
  expect(metrics).toMatch(/^# HELP cscapi_/)
  expect(run).toEqual({ code: 0, errors: '', out: '0 signals wait, running: false\n' })
})
