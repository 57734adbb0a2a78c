import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageConformance } from '@cscapi/storage/conformance'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'

onEachDriver((driver) => {
  storageConformance({
    name: 'SqliteStorage',
    create() {
      const folder = mkdtempSync(join(tmpdir(), 'cscapi-sqlite-'))
      let now = 1_700_000_000_000
      const create = () => new SqliteStorage({ driver: driver.name, path: join(folder, 'store.db'), now: () => now })
      return {
        standsStill: true,
        create,
        async connect() {
          const storage = create()
          await storage.open()
          return storage
        },
        advance(ms) {
          now += ms
        },
        destroy() {
          rmSync(folder, { recursive: true })
        },
      }
    },
  })
})
