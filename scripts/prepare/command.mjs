import { nodeComplaint } from './node-version.mjs'

/**
 * Runs what a command of package.json does, on a Node that can; a failure is told in its words.
 * @param {() => unknown} work
 */
export async function command(work) {
  try {
    const complaint = nodeComplaint(process.versions.node)
    if (complaint !== undefined) throw new Error(complaint)
    await work()
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}
