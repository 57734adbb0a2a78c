import type { MakeEmptyStore } from '@cscapi/storage/conformance'
import { PostgresStorage } from '../src/index.js'

let schemas = 0

/** An empty store in a schema of its own. */
export function storeOn(urlOf: () => string): MakeEmptyStore {
  return ({ offsetMs }) => {
    schemas += 1
    const schema = `conformance_${process.pid}_${schemas}`
    const url = urlOf()
    return { connection: () => new PostgresStorage({ url, schema, poolSize: 4, testClockOffsetMs: offsetMs }) }
  }
}
