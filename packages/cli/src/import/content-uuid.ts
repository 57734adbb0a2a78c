import { createHash } from 'node:crypto'
import type { CreatedSignal } from '@cscapi/signals'

/** The uuid of version 8 that a signal's content gives: the same signal, read again, has the same one. */
export function contentUuid({ uuid: _, ...content }: CreatedSignal): string {
  const bytes = createHash('sha256').update(JSON.stringify(content)).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
