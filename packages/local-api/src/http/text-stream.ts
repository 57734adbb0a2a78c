import { setImmediate } from 'node:timers/promises'

const PIECE_LENGTH = 32_768

/**
 * Texts, joined to pieces that are worth a write. The first leaves at once; at `undefined` others
 * have their turn.
 */
export async function* inPieces(texts: Iterable<string | undefined>): AsyncGenerator<string, void> {
  let piece = ''
  let isFirst = true
  for (const text of texts) {
    if (text === undefined) {
      await setImmediate()
      continue
    }
    piece += text
    if (!isFirst && piece.length < PIECE_LENGTH) continue
    yield piece
    piece = ''
    isFirst = false
  }
  if (piece !== '') yield piece
}

/**
 * A body that is made as fast as it is read, and no faster. `onEnd` is told once whether it was
 * read to its end.
 */
export function textStream(
  pieces: AsyncGenerator<string, void>,
  onEnd: (isWhole: boolean) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next()
          if (done === true) {
            onEnd(true)
            controller.close()
          } else controller.enqueue(encoder.encode(value))
        } catch (error) {
          onEnd(false)
          controller.error(error)
        }
      },
      async cancel() {
        onEnd(false)
        await pieces.return()
      },
    },
    { highWaterMark: 0 },
  )
}
