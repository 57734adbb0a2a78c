import { promisify } from 'node:util'

/**
 * Bodies over this are worth compressing, as the Go engine does it (docs/capi-protocol.md,
 * Headers).
 */
const ABOVE_BYTES = 5_120

/** The bytes of a body and the headers that tell of them. */
export interface CompressedBody {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/** Compresses a body with gzip where that pays; `undefined` where it does not. */
export async function compressBody(body: string): Promise<CompressedBody | undefined> {
  const plain = Buffer.from(body)
  if (plain.length <= ABOVE_BYTES) return undefined
  const { gzip } = await import('node:zlib')
  return { bytes: new Uint8Array(await promisify(gzip)(plain)), headers: { 'content-encoding': 'gzip' } }
}
