import { crowdsec } from './crowdsec.js'
import { csv } from './csv.js'
import { endlessh } from './endlessh.js'
import { fail2ban } from './fail2ban.js'
import type { InputFormat } from './format.js'
import { jsonl } from './jsonl.js'
import { signal } from './signal.js'
import { wazuh } from './wazuh.js'

/** Every format that is read, by its name. */
export const formats = {
  endlessh,
  crowdsec,
  fail2ban,
  jsonl,
  csv,
  signal,
  wazuh,
} satisfies Record<string, InputFormat>

export type FormatName = keyof typeof formats

export const FORMAT_NAMES = Object.keys(formats) as readonly FormatName[]
