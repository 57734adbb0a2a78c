import { join } from 'node:path'
import { CscapiError } from '@cscapi/core'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'

onEachDriver((driver) => {
  const damage = fc.oneof(
    fc.constantFrom(null, '', 'x', '[]', '{', '[1]', '"a"', -1, 0, 2 ** 53, 1.5, 'credentials_refused'),
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
    fc.integer(),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  )
  const column = fc.constantFrom(
    ...[
      'due_at',
      'lease_until',
      'lease_last',
      'held',
      'attempts',
      'attempts_since',
      'failing_until',
      'pending',
      'put_at',
      'failing_put_at',
    ].map((name) => `machines.${name}`),
    ...['registered', 'token', 'token_scenarios', 'token_expires_at', 'auth_failures', 'token_put_at'].map(
      (name) => `credentials.${name}`,
    ),
    ...[
      'failing_reason',
      'failing_message',
      'failing_count',
      'failing_since',
      'failing_retry_at',
      'failing_put_at',
    ].map((name) => `credentials.${name}`),
    ...['state', 'changed_at', 'reason', 'http_status', 'payload'].map((name) => `signals.${name}`),
    ...['value', 'version', 'expires_at', 'put_at'].map((name) => `state.${name}`),
  )

  test('whatever stands in a row, every call ends with a result or a typed error (1,500 damages)', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    const editor = driver.open(path)
    const calls = [
      () => storage.getMachine('m'),
      () => storage.listMachines(),
      () => storage.listSignals(),
      () => storage.getState('k'),
      () => storage.stats(),
      () => storage.lease({ leaseMs: 0.001, maxSignals: 5 }),
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(column, damage), { minLength: 1, maxLength: 3 }), async (damages) => {
        for (const table of ['machines', 'credentials', 'signals', 'state'])
          editor.prepare(`DELETE FROM ${table}`).run()
        await storage.createMachine({ machineId: 'm', password: 'p' })
        await storage.updateMachine('m', {
          token: { value: 't', scenarios: ['a/b'], lifetimeMs: 1_000 },
          failing: { reason: 'unauthorized', count: 1, retryAfterMs: 0 },
        })
        await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
        await storage.setState('k', new Uint8Array([1]))
        for (const [place, value] of damages) {
          const [table, name] = place.split('.')
          try {
            editor.prepare(`UPDATE ${table} SET ${name} = ?`).run(value)
          } catch (error) {
            // A column that must have a value keeps the one it has.
            expect(String(error)).toContain('NOT NULL constraint failed')
          }
        }
        for (const call of calls) {
          const failure: unknown = await call().then(
            () => undefined,
            (error: unknown) => error,
          )
          if (failure !== undefined) expect(failure).toBeInstanceOf(CscapiError)
        }
      }),
      { numRuns: 1_500 },
    )
    editor.close()
    await storage.close()
  })
})
