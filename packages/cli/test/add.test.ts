import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { arrange, MACHINE_ID, oneSignal, SAMPLE } from './world.js'

test('one signal comes from flags', async () => {
  const world = await arrange()
  const flags = ['--at', '1764325800', '--message', 'seen', '--context', 'service=ssh', '--context', 'target_user=a=b']
  expect(await world.ok([...oneSignal(), ...flags])).toBe('1 signal added\n')
  const [signal] = (await world.ok(['preview']))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  expect(signal).toMatchObject({
    machine_id: MACHINE_ID,
    scenario: 'crowdsecurity/ssh-bf',
    source: { scope: 'Ip', value: '203.0.113.7' },
    created_at: '2025-11-28T10:30:00.000Z',
    message: 'seen',
    context: [
      { key: 'service', value: 'ssh' },
      { key: 'target_user', value: 'a=b' },
    ],
  })
})

test('a uuid that is in the store already adds nothing', async () => {
  const world = await arrange()
  const args = [...oneSignal(), '--uuid', '0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee']
  await world.ok(args)
  expect(await world.ok(args)).toBe('0 signals added, 1 in the store already\n')
})

test('files, packed ones too, and standard input are read; reading again adds nothing', async () => {
  const world = await arrange()
  const packed = world.path('cowrie.json.gz')
  writeFileSync(packed, gzipSync(readFileSync(SAMPLE)))
  expect(await world.ok(['add', '--format', 'cowrie', packed])).toBe('3 signals added; 51 lines read\n')
  const again = '0 signals added, 3 in the store already; 51 lines read\n'
  expect(await world.ok(['add', '--format', 'cowrie', SAMPLE])).toBe(again)
  expect(await world.ok(['add', '--format', 'cowrie'], { input: readFileSync(SAMPLE) })).toBe(again)
  expect(await world.ok(['add', '--format', 'cowrie', '-'], { input: readFileSync(SAMPLE) })).toBe(again)
})

test('what was sent is known for a week: a log that is read again after it adds nothing', async () => {
  const world = await arrange()
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  await world.ok(['send'])
  expect(await world.ok(['add', '--format', 'cowrie', SAMPLE])).toContain('0 signals added, 3 in the store already')
})

test('the good ones are stored, and each bad line is told with its file, number and reason: exit 3', async () => {
  const world = await arrange()
  const lines = readFileSync(SAMPLE, 'utf8').split('\n')
  lines.splice(
    2,
    0,
    '{"eventid":"cowrie.login.failed","src_ip":"not an address"',
    '\u0000\u0001\u0002\u0003binary\u0000',
  )
  const bad = world.path('bad.json')
  writeFileSync(bad, lines.join('\n'))
  const { code, stdout, stderr } = await world.run(['add', '--format', 'cowrie', bad])
  expect(code).toBe(3)
  expect(stdout).toMatch(
    /^3 signals added; 53 lines read, \d of something else, \d refused\n|^3 signals added; 53 lines read, 2 refused\n$/,
  )
  expect(stderr).toContain(`${bad}:3: refused: `)
  const [refused] = await world.json(['add', '--format', 'cowrie', bad])
  expect(refused).toEqual({ file: bad, line: 3, refused: expect.any(String) })
})

test('addresses that must not leave are told with their line', async () => {
  const world = await arrange()
  const { code, stdout, stderr } = await world.run(oneSignal('192.168.1.1'))
  expect({ code, stdout, stderr }).toEqual({
    code: 3,
    stdout: '0 signals added, 1 left out for their address\n',
    stderr: 'cscapi: left out: 192.168.1.1 is private\n',
  })
})

test('a dry run stores nothing and prints, to the byte, what leaves later', async () => {
  const world = await arrange()
  const dry = await world.ok(['add', '--format', 'cowrie', SAMPLE, '--dry-run'])
  expect((await world.run(['status'])).stderr).toContain('There is no store at')
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  await world.ok(['send'])
  const posts = world.emulator.record.of('signals')
  expect(posts.map(({ body }) => body)).toEqual([
    dry
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  ])
  expect(posts.map(({ bodyBytes }) => bodyBytes)).toEqual([
    Buffer.byteLength(`[${dry.trimEnd().split('\n').join(',')}]`),
  ])
})

test.each([
  ['no format', ['add', 'x.log'], '--format is missing'],
  ['a format that is near to one', ['add', '--format', 'cowry', SAMPLE], 'did you mean cowrie?'],
  ['flags of both kinds', ['add', '--ip', '203.0.113.7', '--format', 'cowrie'], 'not both'],
  ['half a signal', ['add', '--ip', '203.0.113.7'], 'One signal needs both'],
  [
    'a scenario without a vendor',
    ['add', '--ip', '203.0.113.7', '--scenario', 'ssh-bf'],
    'scenario: must be a scenario name',
  ],
  ['an address that is none', ['add', '--ip', '300.1.1.1', '--scenario', 'a/b'], 'must be an IPv4 or IPv6 address'],
  ['a time that is none', [...oneSignal(), '--at', 'yesterday'], 'createdAt'],
  ['a detail without a value', [...oneSignal(), '--context', 'ssh'], '--context takes key=value'],
  ['a missing file', ['add', '--format', 'cowrie', 'missing.json'], 'missing.json does not exist'],
  ['a folder', ['add', '--format', 'cowrie', '.'], 'is a folder'],
  ['something unknown to include', ['add', '--format', 'cowrie', SAMPLE, '--include', 'password'], 'include'],
  ['a misspelt flag', ['add', '--formt', 'cowrie', SAMPLE], 'Did you mean --format?'],
])('%s is refused in a sentence, without a stack, and nothing is stored: exit 2', async (_, args, sentence) => {
  const world = await arrange()
  const { code, stdout, stderr } = await world.run(args, { input: '' })
  expect(stderr).toContain(sentence)
  expect(stderr).not.toMatch(/^ +at /m)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect((await world.run(['status'])).stderr).toContain('There is no store at')
})

test('lines of another program are told to be none of the format', async () => {
  const world = await arrange()
  const { code, stderr } = await world.run(['add', '--format', 'sshd'], { input: 'a\nb\n' })
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringContaining('cscapi: no line is one of sshd: is --format right? (access-log, '),
  })
})

test('a file that may not be read is told before anything is: exit 2', async () => {
  const world = await arrange()
  const secret = world.path('secret.json')
  writeFileSync(secret, '')
  chmodSync(secret, 0o000)
  chmodSync(world.folder, 0o755)
  // Root may read everything.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const { code, stderr } = await world.run(['add', '--format', 'cowrie', SAMPLE, secret], user)
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `cscapi: ${secret} cannot be read (EACCES): run as a user who may, or add yourself to the file's group\n`,
  })
})
