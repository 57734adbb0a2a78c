import type { Cli } from '../cli.js'
import { UsageError } from '../ending.js'

/** A URL that an argument gives: itself, or `env:NAME`, which keeps its password out of sight. */
export function urlArgument(cli: Cli, text: string): string {
  const [, name] = /^env:(\w+)$/.exec(text) ?? []
  if (name === undefined) return text
  const url = cli.env[name]
  if (url === undefined || url === '') throw new UsageError(`${text}: the variable ${name} is not set`)
  return url
}
