import type { Cli } from '../cli.js'
import { urlArgument } from '../client/url-argument.js'
import { UsageError } from '../ending.js'

/**
 * What to import from, as an argument names it.
 *
 * @throws UsageError for a password, which every user of the host can read among the arguments of a
 * process
 */
export function sourceName(cli: Cli, argument: string): string {
  if (hasPassword(argument))
    throw new UsageError(
      'A password is no argument, which others can read: set a variable to the URL, and give env:NAME',
    )
  return urlArgument(cli, argument)
}

/** `scheme://user:password@host`, and whatever else stands before an `@` behind a colon. */
const hasPassword = (text: string) => /^[a-z][\w.+-]*:\/\/[^/]*:.*@/is.test(text) || /[?&](password|pwd)=/i.test(text)
