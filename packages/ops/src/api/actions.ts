import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { OpsClient } from '../options.js'

const machineId = z.string().min(1).max(128)
const requeueSchema = z.strictObject({ machineId: machineId.optional() })
const purgeSchema = z.strictObject({ machineId: machineId.optional(), olderThanMs: z.int().min(0) })
const reviveSchema = z.strictObject({ machineIds: z.array(machineId).max(1_000).optional() })

/** Does one thing, and says for how many signals or machines. @throws InputError, StorageError */
type Action = (client: OpsClient, given: unknown) => Promise<number>

/** What the page can change, by the name in its path. */
export const ACTIONS: Readonly<Record<'requeue' | 'purge' | 'revive', Action>> = {
  requeue: (client, given) => {
    const { machineId } = readOptions('No dead letter was requeued', requeueSchema, given)
    return client.requeueRejected(machineId === undefined ? {} : { machineId })
  },
  purge: (client, given) => {
    const { machineId, olderThanMs } = readOptions('No dead letter was purged', purgeSchema, given)
    return client.purgeRejected({ olderThanMs, ...(machineId !== undefined && { machineId }) })
  },
  revive: (client, given) =>
    client.reviveMachines(readOptions('No machine was revived', reviveSchema, given).machineIds),
}
