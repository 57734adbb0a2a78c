import { type CapiClient, type ClientEventName, type Logger, Secret } from '@cscapi/client'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, signalsOf } from './arrange.js'
import { Output } from './output.js'

const ATTACHMENT_KEY = 'k3yFromTheConsole'
const PASSPHRASE = 'correct horse battery'

/** Each with a handler, so that a new event cannot be forgotten. */
const EVENTS: Record<ClientEventName, true> = {
  sent: true,
  rejected: true,
  postponed: true,
  paused: true,
  machineFailing: true,
  login: true,
  request: true,
  sendRun: true,
  pulled: true,
  dropped: true,
  stopped: true,
  warning: true,
}

/** One client that logs at every level, and all of its events. */
function listenTo(connect: ReturnType<typeof arrange>['connect'], output: Output): CapiClient {
  const write = (facts: object, message: string) => output.note([facts, message])
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  const client = connect({ logger, encryptionKey: PASSPHRASE })
  for (const name of Object.keys(EVENTS) as ClientEventName[]) client.on(name, (event) => output.note([name, event]))
  return client
}

/** What a user may call, and what it gives back or throws. */
async function callEverything(client: CapiClient, output: Output): Promise<void> {
  await output.of(client.addSignals([...signalsOf(machine(1), 3), ...signalsOf(machine(2), 3)]))
  await output.of(client.sendSignals())
  await output.of(client.getDecisions({ machineId: machine(1) }))
  await output.of(client.pullDecisions({ machineId: machine(1), force: true }))
  const enrolment = { machineIds: [machine(1), machine(2)], attachmentKey: new Secret(ATTACHMENT_KEY) }
  await output.of(client.enrollMachines(enrolment))
  output.note(enrolment)
  await output.of(client.enrollMachines({ ...enrolment, attachmentKey: `${ATTACHMENT_KEY}!` }))
  await output.of(client.verify({ machineId: machine(2) }))
  await output.of(client.stats())
  await output.of(client.prometheus())
  for await (const one of client.machines()) output.note(one)
  for await (const one of client.rejectedSignals()) output.note(one)
  await output.of(client.reviveMachines())
  await output.of(client.resealMachines())
  output.note(client)
}

/**
 * Answers with the given status and with everything that it was sent, as a server in debug mode
 * might.
 */
function parrot(status: number): typeof fetch {
  return async (_, init) => {
    const message = `${new Headers(init?.headers).get('authorization')} ${String(init?.body)}`
    return Response.json({ message, errors: [message] }, { status })
  }
}

describe('whatever CAPI answers, nothing that a client returns, throws, tells or logs shows a secret', () => {
  test.each([0, 200, 400, 401, 403, 409, 413, 429, 500, 503])('it answers %i (0: as it should)', async (status) => {
    const output = new Output()
    const { connect, emulator, advance } = arrange()
    const secrets = new Set([ATTACHMENT_KEY, PASSPHRASE])
    let answer = emulator.fetch
    /** Notes every secret on its way out. */
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '')
      if (token !== undefined) secrets.add(token)
      for (const [, password = ''] of String(init?.body).matchAll(/"password":"(\w+)"/g)) secrets.add(password)
      return answer(input, init)
    }
    const client = listenTo((options) => connect({ ...options, fetch }), output)
    await callEverything(client, output)
    if (status !== 0) answer = parrot(status)
    for (let round = 0; round < 3; round += 1) {
      advance(25 * HOUR_MS)
      await callEverything(client, output)
    }
    await output.of(client.stop())
    await client.close()
    expect(secrets.size).toBeGreaterThan(5)
    expect(output.text).toContain('cscapi: request ended')
    for (const secret of secrets) expect(output.text.includes(secret), `${secret} is shown`).toBe(false)
  })
})
