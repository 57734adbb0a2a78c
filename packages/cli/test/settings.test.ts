import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrange, MACHINE_ID } from './world.js'

const OTHER_ID = 'b2'.repeat(24)

/** The settings by name, with their origin. */
async function shown(world: Awaited<ReturnType<typeof arrange>>, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const [config] = await world.json(['config', 'show', ...args], { env })
  const settings = config?.settings as { name: string; value: unknown; from: string }[]
  return Object.fromEntries(settings.map(({ name, value, from }) => [name, [value, from]]))
}

test('flags win over variables, and variables over the file', async () => {
  const world = await arrange()
  writeFileSync(
    world.path('cscapi.config.yaml'),
    `machineId: ${'c3'.repeat(24)}\nstorage: sqlite:./of-file.db\nsendEvery: 20m\nscenarios: [acme/http-bf]\n`,
  )
  const settings = await shown(world, ['--machine-id', OTHER_ID], { CSCAPI_SCENARIOS: '', CSCAPI_GZIP: 'true' })
  const file = world.path('cscapi.config.yaml')
  expect(settings).toEqual({
    machineId: [OTHER_ID, '--machine-id'],
    storage: [world.storage, 'CSCAPI_STORAGE'],
    environment: [{ baseUrl: world.url }, 'CSCAPI_ENVIRONMENT'],
    gzip: [true, 'CSCAPI_GZIP'],
    scenarios: [['acme/http-bf'], `scenarios in ${file}`],
    sendEvery: [1_200_000, `sendEvery in ${file}`],
  })
})

test.each([
  ['cscapi.config.json', '{"userAgentPrefix":"json"}', 'json'],
  ['cscapi.config.yml', 'userAgentPrefix: yml', 'yml'],
  ['config/cscapi/cscapi.config.yaml', 'userAgentPrefix: home', 'home'],
  ['cscapi.config.yaml', '# only a comment\n', undefined],
])('%s is found', async (name, text, prefix) => {
  const world = await arrange()
  if (name.includes('/'))
    await import('node:fs/promises').then((fs) => fs.mkdir(world.path('config/cscapi'), { recursive: true }))
  writeFileSync(world.path(name), text)
  expect((await shown(world)).userAgentPrefix?.[0]).toBe(prefix)
})

test('secrets come from variables and from files that variables name, and are shown nowhere', async () => {
  const world = await arrange()
  writeFileSync(world.path('key'), 'a passphrase of mine\n')
  const env = {
    CSCAPI_ENCRYPTION_KEY_FILE: world.path('key'),
    CSCAPI_ATTACHMENT_KEY: 'secretattachmentkey',
    CSCAPI_STORAGE: 'postgres://me:hunter2@127.0.0.1:1/db',
  }
  const outputs = [
    await world.run(['config', 'show'], { env }),
    await world.run(['config', 'show', '--json'], { env }),
    await world.run(['status'], { env }),
    await world.run(['status', '--debug'], { env }),
    await world.run(['doctor'], { env }),
  ]
  expect(outputs[0]?.stdout).toContain('encryptionKey\t[set, not shown]\tCSCAPI_ENCRYPTION_KEY')
  expect(outputs[0]?.stdout).toContain('postgres://[redacted]@127.0.0.1:1/db')
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toMatch(/hunter2|passphrase|secretattachment/)
})

test.each([
  [['status', '--password', 'hunter2'], '--password'],
  [['status', '--password=hunter2'], '--password'],
  [['enroll', '--attachment-key', 'hunter2'], 'CSCAPI_ATTACHMENT_KEY'],
  [['send', '--encryption-key', 'hunter2'], 'CSCAPI_ENCRYPTION_KEY'],
  [['status', '--storage', 'postgres://me:hunter2@host/db'], 'CSCAPI_STORAGE'],
  [['status', '--storage=redis://:hunter2@host'], 'CSCAPI_STORAGE'],
  [['copy', 'sqlite:a.db', 'postgres://me:hunter2@host/db'], 'env:NAME'],
])('%j is refused: a secret is never taken from an argument, and is not repeated', async (args, advice) => {
  const world = await arrange()
  const { code, stdout, stderr } = await world.run(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('a secret is never taken from an argument')
  expect(stderr).toContain(advice)
  expect(stderr).not.toContain('hunter2')
})

test.each([
  ['an unknown key', 'storge: x', 'storge in FILE: is not known here; did you mean storage?'],
  ['an unknown key below another', 'inputs: [{ file: x, fromat: y }]', 'format?'],
  ['a name of another SDK', 'baseUrl: x', 'did you mean environment?'],
  [
    'a secret in the file',
    'encryptionKey: hunter2hunter2',
    'must not stand in a configuration file: set CSCAPI_ENCRYPTION_KEY',
  ],
  ['a number that is text', 'concurrency: many', 'concurrency in FILE:'],
  ['a duration without a unit', "sendEvery: '10'", 'must be a duration'],
  ['a list', '- a\n- b', 'must be an object'],
  ['a broken file', 'a: [', 'is not YAML: '],
  ['several documents', 'a: 1\n---\nb: 2', 'is not YAML: '],
])('%s is refused with what to do: exit 2', async (_, text, sentence) => {
  const world = await arrange()
  writeFileSync(world.path('cscapi.config.yaml'), text)
  const { code, stderr } = await world.run(['status'])
  expect(code).toBe(2)
  expect(stderr.replaceAll(world.path('cscapi.config.yaml'), 'FILE')).toContain(sentence)
  expect(stderr).not.toContain('hunter2')
})

test.each([
  ['CSCAPI_STORGE', 'sqlite:x.db', 'CSCAPI_STORGE: is not known; did you mean CSCAPI_STORAGE?'],
  ['CSCAPI_MACHINE', 'abc', 'did you mean CSCAPI_MACHINE_ID?'],
  ['CSCAPI_MACHINE_ID', 'abc', 'CSCAPI_MACHINE_ID: must be exactly 48 letters and digits'],
  ['CSCAPI_GZIP', 'maybe', 'CSCAPI_GZIP: '],
  ['CSCAPI_BATCH_SIZE', '1e3', 'CSCAPI_BATCH_SIZE: '],
  ['CSCAPI_ATTACHMENT_KEY_FILE', '/nowhere', 'names a file that cannot be read'],
  ['CSCAPI_STORAGE_FILE', '/dev/null', 'must not be set beside CSCAPI_STORAGE'],
  ['CSCAPI_CONFIG', '/nowhere.yaml', '/nowhere.yaml: cannot be read'],
])('the variable %s=%s is refused with what to do: exit 2', async (name, value, sentence) => {
  const world = await arrange()
  const { code, stderr } = await world.run(['status'], { env: { [name]: value } })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) })
})

test('variables that Kubernetes sets for a service of that name are none of ours', async () => {
  const world = await arrange()
  const env = { CSCAPI_SERVICE_HOST: '10.0.0.1', CSCAPI_PORT: 'tcp://10.0.0.1:80', CSCAPI_SERVICE_PORT: '80' }
  expect((await world.run(['config', 'show'], { env })).code).toBe(0)
})

test('two files in one folder are refused: nobody could tell which one counts', async () => {
  const world = await arrange()
  writeFileSync(world.path('cscapi.config.yaml'), '')
  writeFileSync(world.path('cscapi.config.json'), '{}')
  const { code, stderr } = await world.run(['config', 'show'])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('keep one, or name the one you mean with --config'),
  })
})

test.each([
  ['staging', 'did you mean'],
  ['prod', "did you mean 'production'?"],
  ['http://203.0.113.7/v3', 'must be an https URL'],
])('the environment %s is refused: exit 2', async (environment, sentence) => {
  const world = await arrange()
  const { code, stderr } = await world.run(['send', '--environment', environment])
  expect(code).toBe(2)
  if (environment !== 'staging') expect(stderr).toContain(sentence)
})

test('a store that belongs to another environment is left alone: exit 2, nothing is sent', async () => {
  const [world, other] = [await arrange(), await arrange()]
  await world.ok(['add', '--ip', '203.0.113.7', '--scenario', 'crowdsecurity/ssh-bf'])
  await world.ok(['send'])
  const { code, stderr } = await world.run(['send', '--environment', other.url])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('The store belongs to another environment'),
  })
  expect(other.emulator.record.count()).toBe(0)
})

test('what is missing is named, with the three ways to give it', async () => {
  const world = await arrange()
  const env = { CSCAPI_ENVIRONMENT: '', CSCAPI_SCENARIOS: '', CSCAPI_MACHINE_ID: '' }
  expect((await world.run(['send'], { env })).stderr).toBe(
    [
      'cscapi: Something is not configured yet (cscapi init asks for it)',
      '  environment: is missing: production or development: give --environment, CSCAPI_ENVIRONMENT, or environment in cscapi.config.yaml',
      '  scenarios: is missing: a list of what your machine detects: give CSCAPI_SCENARIOS, or scenarios in cscapi.config.yaml',
      '',
    ].join('\n'),
  )
  expect((await world.run(['machines', 'show'], { env })).stderr).toContain(
    'machineId: is missing: 48 letters and digits',
  )
})

test('the default store lies in the folder for state, readable by its owner alone', async () => {
  const world = await arrange()
  await world.ok(['add', '--ip', '203.0.113.7', '--scenario', 'a/b'], { env: { CSCAPI_STORAGE: '' } })
  const { statSync } = await import('node:fs')
  expect(statSync(world.path('state/cscapi/cscapi.db')).mode & 0o777).toBe(0o600)
  expect(statSync(world.path('state/cscapi')).mode & 0o777).toBe(0o700)
})

test('a machine id of the Python SDK is taken where longer ids are allowed', async () => {
  const world = await arrange()
  const id = `python${MACHINE_ID}`
  expect((await world.run(['config', 'show', '--machine-id', id])).code).toBe(2)
  expect(
    (await world.run(['config', 'show', '--machine-id', id], { env: { CSCAPI_ALLOW_LONG_MACHINE_IDS: 'true' } })).code,
  ).toBe(0)
})
