import { readRecord } from '../logs/read-record.js'
import { inLatestYear, syslogTime } from '../logs/syslog-time.js'
import type { TimeContext } from '../logs/time-context.js'
import type { InputFormat, Reading } from './format.js'

/** endlessh holds whoever connects; nobody connects for a good reason. */
const ACCEPT = /^ACCEPT host=(?<address>[0-9a-fA-F.:]+) port=\d+ fd=\d+ n=\d+\/\d+$/
/** On its standard output it gives its own time. */
const OWN_TIME =
  /^(?<time>\d{4}-\d{2}-\d{2}T[\d:.]+Z) (?<message>(?:ACCEPT|CLOSE|TOTALS|Port|Delay|MaxLineLength|MaxClients|BindFamily) .*)$/
/** The port to Go writes in glog's form: no year, and the zone of its host. */
const OF_GO =
  /^[IWEF](?<month>\d{2})(?<day>\d{2}) (?<time>\d{2}:\d{2}:\d{2}(?:\.\d+)?) +\d+ [\w.]+:\d+\] (?<message>.*)$/
const ACCEPT_OF_GO = /^ACCEPT host=(?<address>[0-9a-fA-F.:]+) port=\d+ n=\d+\/\d+$/

/** Connections to endlessh, from its standard output, from syslog or the journal. */
export const endlessh: InputFormat = {
  attacks: { connection: { scenario: 'crowdsecurity/endlessh-bf', capacity: 5, leakMs: 300_000 } },
  open: (context) => ({ read: (line) => readEndlesshLine(line, context) }),
}

export function readEndlesshLine(line: string, context: TimeContext): readonly Reading[] | undefined {
  const own = OWN_TIME.exec(line)?.groups
  if (own !== undefined) return connection(ACCEPT.exec(own.message ?? ''), syslogTime(own.time ?? '', context))
  const ofGo = OF_GO.exec(line)?.groups
  if (ofGo !== undefined) {
    const { month = '', day = '', time = '', message = '' } = ofGo
    return connection(ACCEPT_OF_GO.exec(message), inLatestYear({ month, day, time }, context))
  }
  const record = readRecord(line, context)
  return record?.program === 'endlessh' ? connection(ACCEPT.exec(record.message), record.at) : undefined
}

function connection(accept: RegExpExecArray | null, at: number | undefined): readonly Reading[] {
  const address = accept?.groups?.address
  if (address === undefined) return []
  if (at === undefined) return [{ refused: 'its time is none' }]
  return [{ event: { attack: 'connection', address, at } }]
}
