/**
 * The body of every sample program: one signal stored in `DATABASE`, sent to `BASE_URL`, the
 * queue's numbers printed.
 */
const body = `
  const machineId = generateMachineIdFromKey('sensor-1', { prefix: 'acme' })
  const added = await client.addSignals([
    createSignal({ attackerIp: '203.0.113.7', scenario: 'acme/http-bf', createdAt: new Date(), machineId }),
  ])
  const before = await client.stats()
  const report = await client.sendSignals()
  const after = await client.stats()
  console.log(JSON.stringify({
    added: added.added,
    before: before.pending,
    sent: report.sent,
    after: after.pending,
    leaked: ['__dirname', '__filename', 'require'].filter((name) => Object.hasOwn(globalThis, name)),
  }))`

const options = (notNull: string) => `{
  storage: new SqliteStorage({ path: process.env['DATABASE']${notNull} }),
  scenarios: ['acme/http-bf'],
  environment: { baseUrl: process.env['BASE_URL']${notNull} },
}`

const javascript = `async function main() {
  const client = new CapiClient(${options('')})
  try {${body}
  } finally {
    await client.close()
  }
}
main().catch((error) => {
  console.error(error.message) // without a bundle's megabyte of source line
  process.exitCode = 1
})
`

export const importedModule = `import { CapiClient, createSignal, generateMachineIdFromKey } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'
${javascript}`

export const requiringScript = `const { CapiClient, createSignal, generateMachineIdFromKey } = require('@cscapi/client')
const { SqliteStorage } = require('@cscapi/storage-sqlite')
${javascript}`

/** Asks for OpenTelemetry in a project that does not have it. */
export const tracedModule = `import { CapiClient } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'
const client = new CapiClient({ ...${options('')}, openTelemetry: true })
const { code, message } = await client.stats().catch((error) => error)
console.log(JSON.stringify({ code, message }))
await client.close()
`

export const typescript = `import { CapiClient, createSignal, generateMachineIdFromKey, type SendReport } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'
export type Numbers = Pick<SendReport, 'sent' | 'rejected'>
{
  await using client = new CapiClient(${options('!')})${body}
}
`

/** A user's strict tsconfig; the declarations of the packages themselves are checked too. */
export const tsconfig = (module: 'nodenext' | 'bundler', source: string) =>
  JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      outDir: 'out',
      ...(module === 'bundler' ? { module: 'esnext', moduleResolution: 'bundler' } : { module: 'nodenext' }),
    },
    files: [source],
  })
