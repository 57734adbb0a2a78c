/**
 * @param {string} version of the running Node, e.g. `20.20.2`
 * @returns {string | undefined} what is wrong with it, in a sentence
 */
export function nodeComplaint(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return undefined
  return `cscapi needs Node 20.19 or newer and this is Node ${version}: install a newer one and run the command again.`
}
