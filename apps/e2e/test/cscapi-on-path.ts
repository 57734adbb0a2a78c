import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { bundleProgram } from '../../../scripts/sources/program.mjs'

const BIN = await bundleProgram(new URL('../../../packages/cli/src/bin.ts', import.meta.url))

/**
 * An environment in which `cscapi` is the program that was built, with nothing of this host's
 * configuration.
 */
export function cscapiOnPath(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'cscapi'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, { mode: 0o755 })
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CSCAPI|XDG)_/.test(name))
  return {
    ...Object.fromEntries(inherited),
    HOME: folder,
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    ...env,
  }
}
