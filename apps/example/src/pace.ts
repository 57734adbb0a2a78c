/**
 * Gives lines one after the other with a pause before each, so that one sees what becomes of them;
 * ends when the wait is broken off.
 */
export async function* paced(
  lines: AsyncIterable<string>,
  pauseMs: number,
  sleep: (ms: number) => Promise<unknown>,
): AsyncGenerator<string> {
  for await (const line of lines) {
    try {
      await sleep(pauseMs)
    } catch {
      return
    }
    yield line
  }
}
