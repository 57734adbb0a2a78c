import type { Output } from './output.js'

/** The first screen: what one sees here, for somebody who has never heard of it. */
const WELCOME = `CrowdSec is a network in which servers tell each other who attacks them.
A server reports an attack as a signal: who, what, when. It gets back a blocklist:
addresses that attack others too. CAPI is the service in the middle.

This demo is such a server. It reads a log, finds attackers, queues a signal for
each attack in a store that survives a crash, sends them, and pulls the blocklist.
Nothing leaves this computer: the signals go to an emulator of CAPI.`

/** Tells what is going to happen, and where to watch it. */
export function tellWelcome(output: Output, pageUrl: string): void {
  for (const line of WELCOME.split('\n')) output.line(line)
  output.line()
  output.line(`Watch it in a browser: ${pageUrl}`)
  output.line()
}
