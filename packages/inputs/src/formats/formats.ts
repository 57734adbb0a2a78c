import { accessLog } from './access-log.js'
import { apacheError } from './apache-error.js'
import { cowrie } from './cowrie.js'
import { crowdsec } from './crowdsec.js'
import { csv } from './csv.js'
import { endlessh } from './endlessh.js'
import { fail2ban } from './fail2ban.js'
import type { InputFormat } from './format.js'
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
} satisfies Record<string, InputFormat>

/** A format that is read. */
export type FormatName = keyof typeof formats

/** The names of all formats, in the order of the alphabet. */
export const FORMAT_NAMES = Object.keys(formats) as readonly FormatName[]
