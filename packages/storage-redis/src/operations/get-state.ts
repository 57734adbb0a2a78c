import type { StateValue } from '@cscapi/core'
import type { Partitions } from '../partitions.js'
import { list, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

export async function getState(partitions: Partitions, key: string): Promise<StateValue | undefined> {
  const reply = list(
    await partitions.connection.runForBytes(scripts.getState, [partitions.keys.state(key)], [partitions.offset]),
  )
  const [value, version, left] = reply
  if (!Buffer.isBuffer(value)) return undefined
  const leftUs = String(left)
  return {
    value: new Uint8Array(value),
    version: whole(String(version)),
    expiresInMs: leftUs === '' ? undefined : Math.ceil(whole(leftUs) / 1_000),
  }
}
