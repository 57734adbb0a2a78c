/** The longest time for which nobody else had a turn while `work` went on, in milliseconds. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  })
  await work()
  clearInterval(timer)
  return Math.max(longest, performance.now() - last)
}
