import { readJournalFrame } from './journal-frame.js'
import { readSyslogFrame, type SyslogRecord } from './syslog-frame.js'
import type { TimeContext } from './time-context.js'

/** Reads a line that syslog or the journal kept, in any form of these. */
export function readRecord(line: string, context: TimeContext): SyslogRecord | undefined {
  return readJournalFrame(line) ?? readSyslogFrame(line, context)
}
