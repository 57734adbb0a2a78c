import { readFileSync } from 'node:fs'
import { UsageError } from '../ending.js'

const VARIABLE = 'CSCAPI_IMPORT_FROM'

/**
 * What to import from: the argument, or a variable where it holds a password, which every user of a
 * host could read from the arguments of a process.
 *
 * @throws UsageError
 */
export function sourceName(argument: string | undefined, env: NodeJS.ProcessEnv): string {
  const { [VARIABLE]: text, [`${VARIABLE}_FILE`]: file } = env
  const given = [argument, text, file].filter((one) => one !== undefined && one !== '')
  if (given.length > 1) throw new UsageError(`Give one of FROM, ${VARIABLE} and ${VARIABLE}_FILE`)
  if (argument !== undefined && hasPassword(argument))
    throw new UsageError(
      `A password is no argument, which others can read: set ${VARIABLE} to the URL, or ${VARIABLE}_FILE to a file that holds it`,
    )
  const from = argument || text || (file && read(file))
  if (!from) throw new UsageError('FROM is missing: a path or URL, e.g. cscapi import cscapi.db')
  return from
}

/** `scheme://user:password@host`, and whatever else stands before an `@` behind a colon. */
const hasPassword = (text: string) => /^[a-z][\w.+-]*:\/\/[^/]*:.*@/is.test(text) || /[?&](password|pwd)=/i.test(text)

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new UsageError(
      `${VARIABLE}_FILE names a file that cannot be read: ${error instanceof Error ? error.message : error}`,
    )
  }
}
