import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrange } from './world.js'

test('--ops serves the operations page of a run on this host, until the run ends', async () => {
  const world = await arrange()
  const run = world.start(['run', '--no-pull', '--ops', '127.0.0.1:0'])
  await run.says(/The operations page is at http:\/\/127\.0\.0\.1:\d+\//)
  const [url = ''] = /http:\S+/.exec(run.output.stdout) ?? []
  await expect.poll(async () => (await fetch(`${url}ready`)).status).toBe(200)
  expect(await (await fetch(url)).text()).toContain('<div id="app">')
  run.child.kill('SIGTERM')
  expect((await run.ended).code).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
})

const TOKEN = 'a-token-that-nobody-guesses'

test('--ops on an address that others reach answers who brings the token of the environment, and nobody else', async () => {
  const world = await arrange()
  const run = world.start(['run', '--no-pull', '--ops', '0.0.0.0:0'], { env: { CSCAPI_OPS_TOKEN: TOKEN } })
  await run.says(/The operations page is at/)
  const [, port = ''] = /http:\/\/0\.0\.0\.0:(\d+)\//.exec(run.output.stdout) ?? []
  const status = async (headers: Record<string, string> = {}) =>
    (await fetch(`http://127.0.0.1:${port}/api/now`, { headers })).status
  expect(await status()).toBe(401)
  expect(await status({ authorization: 'Bearer wrong-wrong-wrong-wrong' })).toBe(401)
  expect(await status({ authorization: `Bearer ${TOKEN}` })).toBe(200)
  expect(run.output.stdout + run.output.stderr).not.toContain(TOKEN)
})

test('the token may stand in a file, whose name is in the environment', async () => {
  const world = await arrange()
  writeFileSync(world.path('token'), `${TOKEN}\n`)
  const env = { CSCAPI_OPS_TOKEN_FILE: world.path('token'), CSCAPI_OPS_READ_ONLY: '1', CSCAPI_OPS_HOSTS: 'ops.example' }
  const run = world.start(['run', '--no-pull', '--ops', '127.0.0.1:0'], { env })
  await run.says(/The operations page is at/)
  const [url = ''] = /http:\S+/.exec(run.output.stdout) ?? []
  const session = await fetch(`${url}api/session`, { headers: { authorization: `Bearer ${TOKEN}` } })
  expect(await session.json()).toMatchObject({ readOnly: true })
})

test.each(['0.0.0.0:0', '[::]:0', 'localhost.example:0'])(
  '--ops %s without a token is refused, and says where the token belongs; nothing was started',
  async (address) => {
    const world = await arrange()
    const { code, stderr } = await world.run(['run', '--no-pull', '--ops', address])
    expect(code).toBe(2)
    expect(stderr).toContain('CSCAPI_OPS_TOKEN: must be given to listen on')
    expect(world.emulator.record.count()).toBe(0)
  },
)

test('a token that is too short, or a name with a port, is refused under the name it was given by, and not shown', async () => {
  const world = await arrange()
  const env = { CSCAPI_OPS_TOKEN: 'hunter2', CSCAPI_OPS_HOSTS: 'ops.example:80' }
  const { code, stderr } = await world.run(['run', '--no-pull', '--ops', '0.0.0.0:0'], { env })
  expect(code).toBe(2)
  expect(stderr).toContain('CSCAPI_OPS_TOKEN: ')
  expect(stderr).toContain('CSCAPI_OPS_HOSTS: must be a host name without a port')
  expect(stderr).not.toContain('hunter2')
})

test('the token is taken from no argument and no configuration file', async () => {
  const world = await arrange()
  const asArgument = await world.run(['run', '--ops', '0.0.0.0:0', `--ops-token=${TOKEN}`])
  expect(asArgument).toMatchObject({ code: 2, stderr: expect.stringContaining('set CSCAPI_OPS_TOKEN') })
  writeFileSync(world.path('cscapi.config.yaml'), `opsToken: ${TOKEN}\n`)
  const inFile = await world.run(['run', '--ops', '0.0.0.0:0'])
  expect(inFile).toMatchObject({ code: 2, stderr: expect.stringContaining('must not stand in a configuration file') })
  expect(asArgument.stderr + inFile.stderr).not.toContain(TOKEN)
})

test.each(['8090x', 'a b:80', '127.0.0.1:99999', '::1:8090', 'http://127.0.0.1:8090'])(
  '--ops %s is refused, and says what it must be; nothing was started',
  async (address) => {
    const world = await arrange()
    const { code, stderr } = await world.run(['run', '--no-pull', '--ops', address])
    expect(code).toBe(2)
    expect(stderr).toContain(`--ops must be an address and a port, e.g. 127.0.0.1:8090`)
    expect(world.emulator.record.count()).toBe(0)
  },
)
