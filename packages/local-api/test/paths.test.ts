import { expect, test } from 'vitest'
import { arrange } from './arrange.js'

test.each([
  ['GET', '/', 404],
  ['GET', '/v1/nothing', 404],
  ['GET', '/v1/Decisions', 404],
  ['GET', '//v1/decisions', 404],
  ['GET', '/v1/nothing/', 404],
  ['GET', '/metrics', 404],
  ['POST', '/v1/decisions', 405],
  ['HEAD', '/health', 405],
  ['GET', '/v1/decisions/1', 405],
])('%s %s is answered %d without a body, as by the engine', async (method, path, status) => {
  const { ask } = await arrange()
  const answer = await ask(path, { method })
  expect([answer.status, await answer.text()]).toEqual([status, ''])
})

test.each([
  ['GET', '/v1/decisions/?ip=192.0.2.1', 301, '/v1/decisions?ip=192.0.2.1'],
  ['GET', '/v1/allowlists/check/192.0.2.0%2F24/', 301, '/v1/allowlists/check/192.0.2.0%2F24'],
  ['POST', '/v1/alerts/', 307, '/v1/alerts'],
])('%s %s is sent to where there is no slash', async (method, path, status, location) => {
  const { ask } = await arrange()
  const answer = await ask(path, { method })
  expect([answer.status, answer.headers.get('location')]).toEqual([status, location])
})
