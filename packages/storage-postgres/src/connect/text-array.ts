/** Of the type `text`, in the server's catalog. */
const TEXT_OID = 25

/**
 * Writes texts as the server reads a `text[]` in binary form, which the driver passes on as it is:
 * in the usual form each text would be quoted here and read letter by letter there.
 */
export function textArray(texts: readonly string[]): Buffer {
  const sizes = texts.map((text) => Buffer.byteLength(text))
  const header = [1, 0, TEXT_OID, texts.length, 1]
  const bytes = Buffer.allocUnsafe(4 * (header.length + texts.length) + sizes.reduce((sum, size) => sum + size, 0))
  // One dimension, no NULL, the type, how many, and the number of the first.
  let at = header.reduce((end, number) => bytes.writeInt32BE(number, end), 0)
  texts.forEach((text, index) => {
    at = bytes.writeInt32BE(sizes[index] ?? 0, at)
    at += bytes.write(text, at)
  })
  return bytes
}
