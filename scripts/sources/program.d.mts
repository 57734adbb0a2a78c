/** See program.mjs. */
export function bundleProgram(program: URL): Promise<string>
