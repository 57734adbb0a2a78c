import { readOptions } from '@cscapi/signals'
import { Decisions } from './decisions/decisions.js'
import { Links } from './decisions/links.js'
import { Faults } from './faults/faults.js'
import { LoginBan } from './machines/login-ban.js'
import { EmulatedMachines } from './machines/machines.js'
import { Tokens } from './machines/tokens.js'
import { type EmulatorOptions, optionsSchema, SECRETS } from './options.js'
import { ReceivedSignals } from './requests/received-signals.js'
import { RequestRecord } from './requests/record.js'
import { seededRandom } from './seeded-random.js'
import { timerSleep } from './sleep.js'

const NAMES = new Map([
  ['port', 'port of listen'],
  ['host', 'host of listen'],
])

/** Everything the server knows. */
export class ServerState {
  readonly options: EmulatorOptions
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly record: RequestRecord
  readonly signals: ReceivedSignals
  readonly tokens: Tokens
  readonly machines: EmulatedMachines
  readonly decisions: Decisions
  readonly links: Links
  readonly faults: Faults
  readonly ban: LoginBan | undefined

  /** @throws InputError */
  constructor(options: EmulatorOptions) {
    readOptions('createEmulator', optionsSchema, options, { secrets: SECRETS, aliases: NAMES })
    const { seed = 1, tokenLifetimeMs = 3_600_000 } = options
    this.options = { ...options }
    this.now = options.now ?? Date.now
    this.sleep = options.sleep ?? timerSleep
    this.record = new RequestRecord(options.recordRequests ?? 'all')
    this.signals = new ReceivedSignals(options.recordSignals ?? 'all')
    this.tokens = new Tokens(this.now, tokenLifetimeMs)
    this.machines = new EmulatedMachines(() => this.tokens.issued)
    this.decisions = new Decisions(seed, options.decisionDeltas ?? false)
    this.links = new Links(this.now)
    this.faults = new Faults(seededRandom(seed))
    this.ban = options.ban && new LoginBan(options.ban, this.now)
    this.#seed()
  }

  /** Back to the start: seeds as the options have them, everything else forgotten. */
  reset(): void {
    this.record.clear()
    this.signals.clear()
    this.machines.clear()
    this.decisions.clear()
    this.faults.clear()
    this.ban?.clear()
    this.#seed()
  }

  #seed(): void {
    const { machines = {}, decisions = 0, blocklists = [], allowlists = [] } = this.options
    for (const [machineId, password] of Object.entries(machines)) this.machines.register(machineId, password)
    this.decisions.set(decisions)
    this.links.setBlocklists(blocklists)
    this.links.setAllowlists(allowlists)
  }
}
