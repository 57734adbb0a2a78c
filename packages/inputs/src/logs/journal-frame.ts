import type { SyslogRecord } from './syslog-frame.js'

/** Reads a line of `journalctl -o json`: one entry of the journal. */
export function readJournalFrame(line: string): SyslogRecord | undefined {
  const entry = parseObject(line)
  if (entry === undefined) return undefined
  const at = Number(textOf(entry.get('__REALTIME_TIMESTAMP'))) / 1_000
  const message = textOf(entry.get('MESSAGE'))
  const command = textOf(entry.get('_COMM'))
  const program = textOf(entry.get('SYSLOG_IDENTIFIER')) ?? command
  if (message === undefined || program === undefined || !Number.isFinite(at)) return undefined
  return {
    at: Math.floor(at),
    host: textOf(entry.get('_HOSTNAME')) ?? '',
    // Any program can call itself what it likes; what the kernel says it is, it cannot choose.
    program: isOfCommand(program, command) ? program : '',
    pid: textOf(entry.get('SYSLOG_PID')) ?? textOf(entry.get('_PID')),
    message,
  }
}

/** The kernel cuts a command's name at 15 bytes; sshd's own programs log as each other. */
function isOfCommand(program: string, command: string | undefined): boolean {
  if (command === undefined || program.slice(0, 15) === command) return true
  return /^sshd\b/.test(program) && /^sshd\b/.test(command)
}

function parseObject(line: string): Map<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return new Map(Object.entries(JSON.parse(line)))
  } catch {
    return undefined
  }
}

/** The journal gives what is not plain text as an array of its bytes. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (!Array.isArray(value)) return undefined
  return value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)
    ? Buffer.from(value).toString()
    : undefined
}
