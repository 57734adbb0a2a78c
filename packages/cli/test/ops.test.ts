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

test.each(['0.0.0.0:8090', '8090x', 'example.org:80', '127.0.0.1:99999'])(
  '--ops %s is refused, and says what helps; nothing was started',
  async (address) => {
    const world = await arrange()
    const { code, stderr } = await world.run(['run', '--no-pull', '--ops', address])
    expect(code).toBe(2)
    expect(stderr).toContain(`--ops must be a loopback address and a port, e.g. 127.0.0.1:8090`)
    expect(world.emulator.record.count()).toBe(0)
  },
)
