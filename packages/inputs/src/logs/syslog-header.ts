import { readJournalFrame } from './journal-frame.js'
import { undatedFrame } from './syslog-frame.js'

/**
 * Other programs log what strangers say to them, and one of them could say a line of a web
 * server’s.
 */
const WEB_SERVER = /^(?:.*[./_-])?(?:nginx|apache2?|httpd)(?:[./_-].*)?$/

/** A line of a log that syslog or the journal may have kept. */
export interface HeadedLine {
  /** Whose name stands in the header. */
  readonly header: 'web server' | 'other program' | 'none'
  /** What a web server wrote, without the header; otherwise the whole line. */
  readonly body: string
}

/** Takes the header off what a web server handed to syslog or the journal, in any form of these. */
export function readHeader(line: string): HeadedLine {
  const frame = readJournalFrame(line) ?? undatedFrame(line)
  if (frame === undefined) return { header: 'none', body: line }
  const isWebServer = WEB_SERVER.test(frame.program)
  return isWebServer ? { header: 'web server', body: frame.message } : { header: 'other program', body: line }
}
