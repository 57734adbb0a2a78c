import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { ActiveDecision } from '@cscapi/decisions'
import { afterEach, expect, test } from 'vitest'
import { type Caught, createHoneypot } from './honeypot.js'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function open(decision?: ActiveDecision): Promise<{ url: string; caught: Caught[] }> {
  const caught: Caught[] = []
  const server = createHoneypot({ check: () => decision }, (one) => caught.push(one))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, caught }
}

test('whoever asks for no secret gets the page, and is not told of', async () => {
  const { url, caught } = await open()
  for (const path of ['/', '/login', '/shop?q=environment', '/environment'])
    expect((await fetch(url + path, { method: 'POST', body: 'user=root' })).status).toBe(200)
  expect(caught).toEqual([])
})

test('a header names nobody: the address is the connection’s', async () => {
  const { url, caught } = await open()
  await fetch(`${url}/.env`, { headers: { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' } })
  expect(caught).toEqual([{ address: '127.0.0.1', request: 'GET /.env' }])
})

test('what is told of a request is short', async () => {
  const { url, caught } = await open()
  await fetch(`${url}/.env?${'x'.repeat(5_000)}`)
  expect(caught[0]?.request).toHaveLength(200)
})

test('whoever is on the blocklist gets a 403, and is told of all the same', async () => {
  const decision = {
    ...{ value: '127.0.0.1', scope: 'ip', remediation: 'ban', reason: 'test', origin: 'test' },
    expiresAt: Number.MAX_SAFE_INTEGER,
  }
  const { url, caught } = await open(decision as ActiveDecision)
  expect((await fetch(`${url}/.git/config`)).status).toBe(403)
  expect(caught).toHaveLength(1)
})
