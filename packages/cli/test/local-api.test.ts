import { freePort } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { arrange } from './world.js'

test('a bouncer is made, served, listed without its key, and refused once it is removed', async () => {
  const world = await arrange()
  const { code, stdout } = await world.run(['bouncers', 'add', 'firewall'])
  const key = stdout.trim()
  expect([code, key]).toEqual([0, expect.stringMatching(/^\S{43}$/)])
  const port = await freePort()
  const serving = world.start(['local-api', '--port', String(port)])
  await serving.says(`http://127.0.0.1:${port}/`)
  const ask = async () => {
    const headers = { 'x-api-key': key }
    return (await fetch(`http://127.0.0.1:${port}/v1/decisions`, { headers })).status
  }
  expect(await ask()).toBe(200)
  const listed = await world.run(['bouncers', 'ls'])
  expect(listed.stdout).toMatch(/firewall/)
  expect(listed.stdout).not.toContain(key)
  expect((await world.run(['bouncers', 'rm', 'firewall'])).code).toBe(0)
  await expect.poll(ask).toBe(403)
  serving.child.kill('SIGTERM')
  await serving.ended
})

test('an agent is made, listed without its password, approved and removed by name', async () => {
  const world = await arrange()
  const password = (await world.run(['agents', 'add', 'web-1'])).stdout.trim()
  const listed = await world.run(['agents', 'ls', '--json'])
  expect(JSON.parse(listed.stdout)).toMatchObject({ name: 'web-1', isApproved: true })
  expect(listed.stdout).not.toContain(password)
  expect((await world.run(['agents', 'approve', 'nobody'])).code).not.toBe(0)
  expect((await world.run(['agents', 'rm', 'web-1'])).code).toBe(0)
})
