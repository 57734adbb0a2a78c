import { accessLog } from './access-log.js'
import { apacheError } from './apache-error.js'
import { cowrie } from './cowrie.js'
import { endlessh } from './endlessh.js'
import type { InputFormat } from './format.js'
import { modsecurity } from './modsecurity.js'
import { nginxError } from './nginx-error.js'
import { opencanary } from './opencanary.js'
import { sshd } from './sshd.js'
import { sshesame } from './sshesame.js'
import { suricata } from './suricata.js'

/** Every format that is read, by its name. */
export const formats = {
  'access-log': accessLog,
  'apache-error': apacheError,
  cowrie,
  endlessh,
  modsecurity,
  'nginx-error': nginxError,
  opencanary,
  sshd,
  sshesame,
  suricata,
} satisfies Record<string, InputFormat>

/** A format that is read. */
export type FormatName = keyof typeof formats

/** The names of all formats, in the order of the alphabet. */
export const FORMAT_NAMES = Object.keys(formats) as readonly FormatName[]
