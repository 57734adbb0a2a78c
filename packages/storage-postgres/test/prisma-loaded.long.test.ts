import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./programs/add-and-send.mjs', import.meta.url))
const DIST = fileURLToPath(new URL('../dist/', import.meta.url))

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

/** Runs the program, and tells which files of the built package it loaded. */
function filesLoaded(...args: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'cscapi-loaded-'))
  try {
    // What V8 counts are the scripts that ran, however they were imported.
    const env = { ...process.env, NODE_V8_COVERAGE: folder }
    const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, server.url, ...args], { env, encoding: 'utf8' })
    expect(stdout, stderr).toBe('sent 1\n')
    return readdirSync(folder).flatMap((name) => {
      const { result }: { result: { url: string }[] } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      return result
        .filter(({ url }) => url.startsWith('file:') && fileURLToPath(url).startsWith(DIST))
        .map(({ url }) => basename(url))
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a program that adds and sends does not load Prisma', () => {
  const files = filesLoaded('unlisted')
  expect(files).toContain('index.js')
  expect(files).not.toContain('prisma.js')
})

test('one that lists machines does', () => {
  expect(filesLoaded('listed', 'list')).toEqual(expect.arrayContaining(['index.js', 'prisma.js']))
})
