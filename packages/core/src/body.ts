/** Thrown by {@link readText} when an answer is longer than allowed; the rest is not read. */
export class BodyTooLongError extends Error {}

/** Reads an answer, counting after decompression, and stops at the limit. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks).toString('utf8')
    bytes += value.byteLength
    if (bytes > maxBytes) {
      await reader.cancel().catch(() => undefined)
      throw new BodyTooLongError(`longer than ${maxBytes} bytes`)
    }
    chunks.push(value)
  }
}
