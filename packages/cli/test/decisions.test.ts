import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrange } from './world.js'

const BLOCKED = { decisions: [{ value: '203.0.113.7', duration: '1h', scenario: 'crowdsecurity/ssh-bf' }] }

test('pull brings the blocklist into the store, once in two hours; check says whether an address is blocked', async () => {
  const world = await arrange(BLOCKED)
  expect(await world.run(['decisions', 'check', '203.0.113.7'])).toMatchObject({ code: 1 })
  expect(await world.ok(['decisions', 'pull'])).toBe('1 entry in force (1 came, 0 went, 0 skipped)\n')
  expect(await world.ok(['decisions', 'pull'])).toMatch(
    /^The last pull is too recent: the next one makes sense in 1h 59m .*\n$/,
  )
  const checked = await world.run(['decisions', 'check', '203.0.113.7', '203.0.113.8'])
  expect(checked.code).toBe(3)
  expect(checked.stdout).toMatch(
    /^203\.0\.113\.7 {2}ban: crowdsecurity\/ssh-bf \(CAPI\), until \S+Z\n203\.0\.113\.8 {2}not blocked\n$/,
  )
  expect(await world.json(['decisions', 'check', '203.0.113.7'])).toMatchObject([
    { ip: '203.0.113.7', blocked: true, remediation: 'ban' },
  ])
  expect((await world.run(['decisions', 'check', '203.0.113.8'])).code).toBe(0)
  expect(await world.run(['decisions', 'check', '203.0.113.300'])).toMatchObject({ code: 2 })
})

test('a store without a blocklist says how to get one', async () => {
  const world = await arrange()
  await world.ok(['add', '--ip', '203.0.113.7', '--scenario', 'a/b'])
  for (const args of [['stats'], ['check', '203.0.113.7'], ['export', '--format', 'text']]) {
    expect(await world.run(['decisions', ...args])).toMatchObject({
      code: 1,
      stderr: 'cscapi: No blocklist was pulled into this store yet: cscapi decisions pull [never_pulled]\n',
    })
  }
})

test('stats count what is in force', async () => {
  const world = await arrange(BLOCKED)
  await world.ok(['decisions', 'pull'])
  expect(await world.ok(['decisions', 'stats'])).toBe(
    'by\tname\tentries\n\tall in force\t1\norigin\tCAPI\t1\nremediation\tban\t1\nreason\tcrowdsecurity/ssh-bf\t1\n',
  )
  expect(await world.json(['decisions', 'stats'])).toEqual([
    { total: 1, origin: { CAPI: 1 }, remediation: { ban: 1 }, reason: { 'crowdsecurity/ssh-bf': 1 } },
  ])
})

test.each([
  ['text', '203.0.113.7\n'],
  ['nginx-deny', 'deny 203.0.113.7;\n'],
  ['csv', '"203.0.113.7","Ip","ban"'],
  ['stix', '203.0.113.7'],
])('export writes %s', async (format, text) => {
  const world = await arrange(BLOCKED)
  await world.ok(['decisions', 'pull'])
  expect(await world.ok(['decisions', 'export', '--format', format])).toContain(text)
})

test.each([
  [['export', '--format', 'nginx'], 'format: must be one of text, nginx-deny'],
  [['export', '--format', 'text', '--family', '5'], 'family: must be 4 or 6'],
  [['export', '--format', 'text', '--name', 'x'], 'name: must not be given for text'],
  [['export', '--format', 'text', '--max', '0'], 'whole number above 0'],
  [['export'], "required option '--format <name>'"],
  [['watch', '--format', 'text'], "required option '--out <file>'"],
  [['watch', '--format', 'text', '--out', 'x', '--exec', 'a', '--reload', 'b'], 'give one of them'],
  [['watch', '--format', 'text', '--out', 'x', '--every', '5'], 'takes a duration'],
])('decisions %j is refused before anything is done: exit 2', async (args, sentence) => {
  const world = await arrange(BLOCKED)
  const { code, stderr } = await world.run(['decisions', ...args])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) })
  expect(existsSync(world.path('x'))).toBe(false)
})

test('a file is written aside and moved in place: it keeps its mode, and a failure leaves it as it was', async () => {
  const world = await arrange(BLOCKED)
  await world.ok(['decisions', 'pull'])
  const out = world.path('deny.conf')
  writeFileSync(out, 'before\n')
  chmodSync(out, 0o640)
  const inode = statSync(out).ino
  expect(await world.ok(['decisions', 'export', '--format', 'nginx-deny', '--out', out])).toBe(
    `${out}: 1 network written\n`,
  )
  expect(readFileSync(out, 'utf8')).toContain('deny 203.0.113.7;')
  expect(statSync(out).mode & 0o777).toBe(0o640)
  expect(statSync(out).ino).not.toBe(inode)
  const folder = world.path('folder')
  mkdirSync(folder)
  const failed = await world.run(['decisions', 'export', '--format', 'text', '--out', folder])
  expect(failed.code).toBe(1)
  expect(failed.stderr).not.toMatch(/^ +at /m)
  expect((await world.run(['decisions', 'export', '--format', 'text', '--out', '/nowhere/x'])).code).toBe(1)
})

test('watch keeps a file fresh, and runs the command when it changed, and not else', async () => {
  const world = await arrange(BLOCKED)
  const [out, ran] = [world.path('deny.conf'), world.path('ran')]
  const exec = `sh -c 'cat ${out} >> "${ran}"; echo "--" >> ${ran}'`
  const args = ['decisions', 'watch', '--format', 'nginx-deny', '--out', out, '--exec', exec, '--every', '20ms']
  const run = world.start(args)
  await run.says('ran sh -c')
  expect(readFileSync(ran, 'utf8').match(/^--$/gm)).toHaveLength(1)
  world.emulator.setDecisions([{ value: '203.0.113.9', duration: '1h', scenario: 'crowdsecurity/ssh-bf' }])
  await world.ok(['decisions', 'pull', '--force'])
  await expect.poll(() => readFileSync(ran, 'utf8').match(/^--$/gm)).toHaveLength(2)
  run.child.kill('SIGINT')
  const { code, stderr } = await run.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(readFileSync(ran, 'utf8')).toMatch(/203\.0\.113\.9;/)

  // Nothing is new to a second one, which runs nothing until something is.
  const again = world.start(args)
  world.emulator.setDecisions([{ value: '203.0.113.10', duration: '1h', scenario: 'crowdsecurity/ssh-bf' }])
  await world.ok(['decisions', 'pull', '--force'])
  await again.says('ran sh -c')
  again.child.kill('SIGINT')
  await again.ended
  expect(readFileSync(ran, 'utf8').match(/^--$/gm)).toHaveLength(3)
})

test('a command that fails, or that no crash let run, is owed: it is run again', async () => {
  const world = await arrange(BLOCKED)
  const [out, ready] = [world.path('deny.conf'), world.path('ready')]
  const args = ['decisions', 'watch', '--format', 'text', '--out', out, '--exec', `ls ${ready}`, '--every', '20ms']
  const run = world.start(args)
  await run.says(`ls ${ready} failed (exit 2); it is run again`)
  run.child.kill('SIGKILL')
  await run.ended
  writeFileSync(ready, '')
  const again = world.start(args)
  await again.says(`ran ls ${ready}`)
  again.child.kill('SIGTERM')
  expect((await again.ended).code).toBe(0)
})

test('no shell reads the command', async () => {
  const world = await arrange(BLOCKED)
  const trap = world.path('trap')
  const exec = `echo "a; touch ${trap}" $(touch ${trap}) \`touch ${trap}\``
  const run = world.start(['decisions', 'watch', '--format', 'text', '--out', world.path('x'), '--exec', exec])
  await run.says('ran echo')
  run.child.kill('SIGINT')
  await run.ended
  expect(existsSync(trap)).toBe(false)
})

test('lists that cannot be downloaded are told: exit 3', async () => {
  const world = await arrange({
    ...BLOCKED,
    blocklists: [{ name: 'bad\u001b[31mlist', values: ['198.51.100.1'] }],
  })
  world.emulator.faults.inject({ route: 'blocklist', status: 403 })
  const { code, stdout } = await world.run(['decisions', 'pull'])
  expect(code).toBe(3)
  expect(stdout).toMatch(/blocklist bad.*list: failed: /)
  expect(stdout).not.toContain('\u001b')
})
