import type { ConformanceOptions } from '@cscapi/storage/conformance'
import { PostgresStorage } from '../src/index.js'

let schemas = 0

/** Every case gets a schema of its own. */
export function harnessOf(name: string, urlOf: () => string): ConformanceOptions {
  return {
    name,
    create() {
      schemas += 1
      const schema = `conformance_${process.pid}_${schemas}`
      let offset = 0
      const create = () => new PostgresStorage({ url: urlOf(), schema, poolSize: 4, testClockOffsetMs: () => offset })
      return {
        create,
        async connect() {
          const storage = create()
          await storage.open()
          return storage
        },
        advance(ms) {
          offset += ms
        },
        destroy() {},
      }
    },
  }
}
