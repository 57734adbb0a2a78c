import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageConformance } from '@cscapi/storage/conformance'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'

onEachDriver((driver) => {
  storageConformance({
    name: 'SqliteStorage',
    emptyStore({ now }) {
      const folder = mkdtempSync(join(tmpdir(), 'cscapi-sqlite-'))
      return {
        standsStill: true,
        connection: () => new SqliteStorage({ driver: driver.name, path: join(folder, 'store.db'), now }),
        destroy: () => rmSync(folder, { recursive: true }),
      }
    },
  })
})
