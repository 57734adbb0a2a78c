import { accessLog } from './access-log.js'
import { apacheError } from './apache-error.js'
import { cowrie } from './cowrie.js'
import { crowdsec } from './crowdsec.js'
import { csv } from './csv.js'
import { endlessh } from './endlessh.js'
import { fail2ban } from './fail2ban.js'
import type { InputFormat } from './format.js'
import { type FormatName, type NamedFormat, readFormatName } from './format-names.js'
import { jsonl } from './jsonl.js'
import { modsecurity } from './modsecurity.js'
import { nginxError } from './nginx-error.js'
import { opencanary } from './opencanary.js'
import { signal } from './signal.js'
import { sshd } from './sshd.js'
import { sshesame } from './sshesame.js'
import { suricata } from './suricata.js'
import { wazuh } from './wazuh.js'

/** Every format that is read, by its name. */
export const formats = {
  'access-log': accessLog,
  'apache-error': apacheError,
  cowrie,
  crowdsec,
  csv,
  endlessh,
  fail2ban,
  jsonl,
  modsecurity,
  'nginx-error': nginxError,
  opencanary,
  signal,
  sshd,
  sshesame,
  suricata,
  wazuh,
} satisfies Record<FormatName, InputFormat>

/** @throws InputError for a name that no format has */
export function formatNamed(given: string): NamedFormat {
  const name = readFormatName(given)
  return { name, format: formats[name] }
}
