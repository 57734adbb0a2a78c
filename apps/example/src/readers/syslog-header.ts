/** `Nov 28 01:02:03 host nginx[12]: ` and `2026-11-28T01:02:03.5+01:00 host nginx: `. */
const HEADER =
  /^(?:[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\S+) \S+ (?<program>[\w./-]+)(?:\[\d+\])?: /
/**
 * Other programs log what strangers say to them, and one of them could say a line of a web
 * server’s.
 */
const WEB_SERVER = /^(?:.*[./_-])?(?:nginx|apache2?|httpd)(?:[./_-].*)?$/

/**
 * The line that a web server handed to syslog, or the line itself where there is no such header.
 */
export function withoutSyslogHeader(line: string): string {
  const match = HEADER.exec(line)
  return match !== null && WEB_SERVER.test(match.groups?.program ?? '') ? line.slice(match[0].length) : line
}
