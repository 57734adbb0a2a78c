import { readOptions } from '@cscapi/signals'
import * as z from 'zod'

/** What a machine was enrolled with. */
export interface Enrolment {
  /** The key that was given. */
  readonly attachmentKey: string
  readonly name: string | undefined
  /** The tags that were given. */
  readonly tags: readonly string[]
  /** How often CAPI accepted an enrolment of this machine, overwrites included. */
  readonly times: number
}

/** One machine as the server knows it. */
export interface EmulatedMachine {
  /** The id that it registered with. */
  readonly machineId: string
  /** The password that it logs in with. */
  readonly password: string
  /** Accepted logins. */
  readonly logins: number
  /** Refused logins: wrong password. */
  readonly refusedLogins: number
  /** The scenarios of the last accepted login. */
  readonly scenarios: readonly string[]
  /** `undefined` before the machine is enrolled. */
  readonly enrolment: Enrolment | undefined
}

interface MachineState extends EmulatedMachine {
  logins: number
  refusedLogins: number
  password: string
  scenarios: readonly string[]
  enrolment: Enrolment | undefined
  /** Tokens with a serial up to this one count as expired. */
  expiredSerial: number
}

const credentialsSchema = z.strictObject({ machineId: z.string(), password: z.string() })

/** The machines that are registered at the emulator. */
export class EmulatedMachines {
  readonly #machines = new Map<string, MachineState>()
  readonly #newestSerial: () => number

  constructor(newestSerial: () => number) {
    this.#newestSerial = newestSerial
  }

  /** How many machines are registered. */
  get size(): number {
    return this.#machines.size
  }

  /** The ids, in the order of registration. */
  get ids(): readonly string[] {
    return [...this.#machines.keys()]
  }

  /** @throws InputError for an id that is no text */
  get(machineId: string): EmulatedMachine | undefined {
    readOptions('machines.get', z.string(), machineId, { root: 'machineId' })
    return this.#machines.get(machineId)
  }

  /**
   * Counts the accepted logins of one machine, or of all. @throws InputError for an id that is no
   * text
   */
  logins(machineId?: string): number {
    readOptions('machines.logins', z.string().optional(), machineId, { root: 'machineId' })
    if (machineId !== undefined) return this.#machines.get(machineId)?.logins ?? 0
    let sum = 0
    for (const machine of this.#machines.values()) sum += machine.logins
    return sum
  }

  /** The ids of the enrolled machines. */
  get enrolled(): readonly string[] {
    return [...this.#machines.values()].filter((machine) => machine.enrolment).map((machine) => machine.machineId)
  }

  /**
   * Registers a machine, or gives a known one another password, without any request. @throws
   * InputError
   */
  register(machineId: string, password: string): void {
    const given = { machineId, password }
    readOptions('machines.register', credentialsSchema, given, { secrets: new Set(['password']) })
    const known = this.#machines.get(machineId)
    if (known) known.password = password
    else {
      this.#machines.set(machineId, {
        machineId,
        password,
        logins: 0,
        refusedLogins: 0,
        scenarios: [],
        enrolment: undefined,
        // Tokens from before it was deleted, or from before a reset(), are not its own.
        expiredSerial: this.#newestSerial(),
      })
    }
  }

  /**
   * Forgets a machine: its tokens are answered 401, its logins 403. @throws InputError for an id
   * that is no text
   */
  delete(machineId: string): boolean {
    readOptions('machines.delete', z.string(), machineId, { root: 'machineId' })
    return this.#machines.delete(machineId)
  }

  /**
   * Makes every token issued so far, to one machine or to all, count as expired: the next call with
   * it is answered 401.
   */
  expireTokens(machineId?: string): void {
    readOptions('machines.expireTokens', z.string().optional(), machineId, { root: 'machineId' })
    for (const machine of this.#machines.values()) {
      if (machineId === undefined || machine.machineId === machineId) machine.expiredSerial = this.#newestSerial()
    }
  }

  /** @internal */
  tokenExpired(machineId: string, serial: number): boolean {
    return serial <= (this.#machines.get(machineId)?.expiredSerial ?? 0)
  }

  /** Tells whether the password is right, and counts the login. @internal */
  login(machineId: string, password: string, scenarios: readonly string[]): boolean {
    const machine = this.#machines.get(machineId)
    if (machine?.password !== password) {
      if (machine) machine.refusedLogins += 1
      return false
    }
    machine.logins += 1
    machine.scenarios = scenarios
    return true
  }

  /** @internal */
  enroll(machineId: string, enrolment: Omit<Enrolment, 'times'>): void {
    const machine = this.#machines.get(machineId)
    if (machine) machine.enrolment = { ...enrolment, times: (machine.enrolment?.times ?? 0) + 1 }
  }

  /** @internal */
  clear(): void {
    this.#machines.clear()
  }
}
