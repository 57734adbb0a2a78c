import type { PulledList } from '../decisions/pull-report.js'
import type { ClientEventName, ClientEvents, EventFeed } from './events.js'
import type { Logger } from './logger.js'

type Line = readonly [level: keyof Logger, facts: object, message: string]

/**
 * One line for each event that an operator would want to read; requests and logins only for those
 * who debug. No line holds a secret.
 */
const LINES: { readonly [Name in ClientEventName]: (event: ClientEvents[Name]) => Line } = {
  sent: (event) => ['debug', event, 'signals sent'],
  rejected: ({ uuids, ...event }) => [
    'warn',
    { ...event, count: uuids.length, uuids: uuids.slice(0, 10) },
    'signals rejected: they are dead letters now',
  ],
  postponed: ({ error, ...event }) => ['info', { ...event, ...codeOf(error) }, 'signals put back'],
  paused: (event) => ['warn', event, 'every process of this store waits'],
  machineFailing: (event) => ['error', event, 'machine is left alone for a while'],
  login: (event) => ['debug', event, 'logged in'],
  request: (event) => ['debug', event, 'request ended'],
  sendRun: ({ problems, ...event }) => ['info', event, 'sending run ended'],
  pulled: ({ lists, ...event }) => ['info', { ...event, lists: lists.map(nameAndOutcome) }, 'decisions pulled'],
  dropped: (event) => ['info', event, 'signals left out'],
  stopped: (event) => ['info', event, 'client stopped'],
  warning: ({ error, ...event }) => ['warn', { ...event, ...codeOf(error) }, event.message],
}

/** Writes a line for every event. A logger that throws breaks nothing. */
export function logEvents(events: EventFeed, logger: Logger): void {
  for (const name of eventNames) logEach(events, logger, name)
  events.on('sendRun', ({ problems }) => {
    if (problems.length > 0) logger.warn({ event: 'sendRun', problems }, 'cscapi: not everything was sent')
  })
}

/** All that {@link CapiClient.on} tells of. */
export const eventNames: readonly ClientEventName[] = Object.keys(LINES) as ClientEventName[]

function logEach<Name extends ClientEventName>(events: EventFeed, logger: Logger, name: Name): void {
  events.on(name, (event) => {
    const [level, facts, message] = LINES[name](event)
    logger[level]({ event: name, ...facts }, `cscapi: ${message}`)
  })
}

const nameAndOutcome = ({ kind, name, outcome }: PulledList) => ({ kind, name, outcome })

function codeOf(error: unknown): { error?: string } {
  return error instanceof Error ? { error: error.message } : {}
}
