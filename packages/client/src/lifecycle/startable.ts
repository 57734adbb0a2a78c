import type { PullReport } from '../decisions/pull-report.js'
import type { SendOptions } from '../sending/send-options.js'
import type { StopReport } from './stop-report.js'

/** What of a client is started and ended. */
export interface Startable {
  sendSignals(options: SendOptions): Promise<unknown>
  decisions(): Promise<unknown>
  pullDecisions(options: { machineId: string; force: boolean; signal: AbortSignal }): Promise<PullReport>
  stop(): Promise<StopReport>
  close(): Promise<void>
}
