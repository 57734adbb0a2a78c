/** Gives what was taken from an iterator already, and then the rest of it. */
export async function* resumed<T>(taken: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    yield taken
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
