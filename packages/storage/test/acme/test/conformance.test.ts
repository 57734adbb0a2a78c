import { randomUUID } from 'node:crypto'
import { storageConformance } from '../../../src/conformance/index.js'
import { AcmeStorage } from '../src/index.js'

storageConformance({
  name: 'AcmeStorage',
  emptyStore({ offsetMs }) {
    const namespace = `test_${randomUUID().replaceAll('-', '')}`
    return {
      connection: () => new AcmeStorage({ url: 'acme://127.0.0.1', namespace, testClockOffsetMs: offsetMs }),
    }
  },
})
