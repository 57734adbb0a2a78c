import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import { freePort } from '@cscapi/test-servers'
import { expect, test, vi } from 'vitest'
import { readExamples } from './readme/examples.js'
import { workspaceRoot } from './workspace.js'

const example = readExamples(join(workspaceRoot, 'packages/decisions/README.md'))
  .map(({ code }) => code.split('\n').filter((line) => line.trim() !== ''))
  .find((lines) => lines.some((line) => line.includes('createServer')))

function statusFor(port: number, client: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = { 'x-forwarded-for': client }
    request({ host: '127.0.0.1', port, headers, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .once('error', () => resolve(undefined))
      .end()
  })
}

test('the server of the decisions’ README has ten lines, and refuses blocked addresses', async () => {
  const server = example?.slice(0, example.findIndex((line) => line.includes('.listen(')) + 1) ?? []
  expect(server.filter((line) => !line.startsWith('import ')).length).toBeLessThanOrEqual(10)
  const port = await freePort()
  const code = server.join('\n').replace('8080', String(port))
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    await vi.waitUntil(() => statusFor(port, '198.51.100.1'), { timeout: 120_000, interval: 50 })
    expect([await statusFor(port, '203.0.113.7'), await statusFor(port, '198.51.100.1')]).toEqual([403, 200])
  } finally {
    child.kill()
    await once(child, 'exit')
  }
})
