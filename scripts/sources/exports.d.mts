/** See exports.mjs. */
export const workspaceFolders: readonly string[]
export const sources: ReadonlyMap<string, string>
