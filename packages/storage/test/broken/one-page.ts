import { MemoryStorage, type SignalFilter, type SignalPage } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class OnePage extends MemoryStorage {
  override async listSignals(filter?: SignalFilter, page?: { after?: string; limit?: number }): Promise<SignalPage> {
    return { ...(await super.listSignals(filter, page)), next: undefined }
  }
}

export const onePage: BrokenAdapter = {
  fault: 'listing ends after the first page',
  Adapter: OnePage,
  fails: ['listing goes over any number of pages, oldest first within a machine, each signal once'],
}
