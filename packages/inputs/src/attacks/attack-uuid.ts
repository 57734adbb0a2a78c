import { createHash } from 'node:crypto'

/**
 * Gives a uuid of version 8 that is drawn from what a signal is about: the same attack, read again,
 * has the same one.
 */
export function attackUuid(...identity: readonly (string | number)[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
