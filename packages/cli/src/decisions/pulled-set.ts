import { CscapiError } from '@cscapi/client'
import { stateKeys } from '@cscapi/core'
import type { DecisionSet } from '@cscapi/decisions'
import type { Cli } from '../cli.js'
import { openToRead } from '../client/store.js'
import { useClient } from '../client/use-client.js'

/** Hands over the blocklist of the store. @throws CscapiError `never_pulled` */
export function usePulledSet<T>(cli: Cli, work: (set: DecisionSet) => Promise<T> | T): Promise<T> {
  return useClient(
    cli,
    'look',
    async (client, storage) => {
      if ((await storage.getState(stateKeys.snapshot)) === undefined) {
        throw new CscapiError('never_pulled', 'No blocklist was pulled into this store yet: cscapi decisions pull')
      }
      return work(await client.decisions({ signal: cli.signal }))
    },
    openToRead,
  )
}
