import type { CapiClient, ClientEvents } from '@cscapi/client'
import type { Cli } from '../cli.js'
import { counted } from '../output/numbers.js'
import { duration, instant } from '../output/times.js'
import { sendReportLines } from '../send/send-report.js'

type Told = 'sendRun' | 'pulled' | 'paused' | 'machineFailing' | 'rejected'

/** How each event reads; what is empty is not told. */
const LINES: { readonly [Name in Told]: (event: ClientEvents[Name]) => readonly string[] } = {
  // A run that found nothing to do says nothing.
  sendRun: (report) => (report.requests > 0 || report.problems.length > 0 ? sendReportLines(report) : []),
  pulled: ({ pulled, size, added, removed, skipped, lists }) =>
    pulled
      ? [
          `Blocklist pulled: ${counted(size, 'entry', 'entries')} (${added} came, ${removed} went, ${skipped} skipped, ${counted(lists.length, 'list')})`,
        ]
      : [],
  paused: ({ reason, message, forMs }) => [
    `Paused for ${duration(forMs)}: ${reason}${message === undefined ? '' : `: ${message}`}`,
  ],
  machineFailing: ({ machineId, reason, message, retryAfterMs }) => [
    `Machine ${machineId} fails (${reason}${message === undefined ? '' : `: ${message}`}); next try in ${duration(retryAfterMs)}`,
  ],
  rejected: ({ uuids, reason }) => [`${counted(uuids.length, 'signal')} rejected: ${reason}`],
}

/** Tells what a client does by itself: lines with a time, or JSON lines. */
export function tellEvents(cli: Cli, client: CapiClient): void {
  for (const name of Object.keys(LINES) as Told[]) tell(cli, client, name)
}

function tell<Name extends Told>(cli: Cli, client: CapiClient, name: Name): void {
  client.on(name, (event) => {
    const time = instant(Date.now())
    if (cli.json) cli.terminal.json({ time, event: name, ...event })
    else for (const line of LINES[name](event)) cli.terminal.line(`${time} ${line}`)
  })
}
