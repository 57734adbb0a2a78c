import { createEmulator } from '@cscapi/emulator'

// An emulator in a process of its own, so that it does not share the sender's event loop. Argument:
// latency in milliseconds. Any message is answered with the number of requests so far.
const emulator = createEmulator({
  latencyMs: Number(process.argv[2] ?? 0),
  recordRequests: 'summary',
  recordSignals: 'none',
  acceptUnknownMachines: true,
})
const { url } = await emulator.listen()
process.on('message', () => process.send?.(emulator.record.count()))
process.send?.(url)
