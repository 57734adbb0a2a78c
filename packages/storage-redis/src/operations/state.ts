import { randomInt } from 'node:crypto'
import type { SetStateOptions, StateValue } from '@cscapi/core'
import type { Partitions } from '../partitions.js'
import { list, text, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

/**
 * Random, so that a version never comes back, also after the value was deleted or the clock went
 * backwards.
 */
const newVersion = () => randomInt(1, 2 ** 48 - 1)

/**
 * Values up to this size (locks, pauses) are written at maxmemory too: without them nothing could
 * be sent, and the queue would never drain.
 */
const SMALL_BYTES = 65_536

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

export async function setState(
  partitions: Partitions,
  key: string,
  value: Uint8Array | undefined,
  options: SetStateOptions,
): Promise<number | undefined> {
  const { ifVersion, expiresInMs } = options
  const bytes = value === undefined ? Buffer.alloc(0) : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const reply = text(
    await partitions.connection.run(
      scripts.setState,
      [partitions.keys.state(key)],
      [
        partitions.offset,
        value === undefined ? '0' : '1',
        bytes,
        newVersion(),
        ifVersion ?? '',
        expiresInMs === undefined ? '' : Math.round(expiresInMs * 1_000),
        bytes.byteLength > SMALL_BYTES ? '1' : '0',
      ],
    ),
  )
  return reply === '' ? undefined : whole(reply)
}
