import { InputError, printable, suggestKey } from '@cscapi/signals'
import type { InputFormat } from './format.js'

/** The names of all formats, in the order of the alphabet. */
export const FORMAT_NAMES = [
  'access-log',
  'apache-error',
  'cowrie',
  'crowdsec',
  'csv',
  'endlessh',
  'fail2ban',
  'jsonl',
  'modsecurity',
  'nginx-error',
  'opencanary',
  'signal',
  'sshd',
  'sshesame',
  'suricata',
  'wazuh',
] as const

/** A format that is read. */
export type FormatName = (typeof FORMAT_NAMES)[number]

/** A format, and how it is called. */
export interface NamedFormat {
  readonly name: FormatName
  readonly format: InputFormat
}

/** @throws InputError for a name that no format has, with the one that was probably meant */
export function readFormatName(given: string): FormatName {
  const name = FORMAT_NAMES.find((one) => one === given)
  if (name !== undefined) return name
  const meant = suggestKey(String(given), FORMAT_NAMES)
  const rule = `must be one of ${FORMAT_NAMES.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`
  throw new InputError('The input cannot be read', [{ path: 'format', value: printable(given), rule }])
}
