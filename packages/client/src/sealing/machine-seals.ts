import { CscapiError, type EncryptionKey, Keyring, type Machine, type MachinePatch, pages, turn } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import { assertGoing } from '../calling/abort.js'

export interface SealOptions {
  /**
   * The newest first: it seals, and the others only open. Empty: nothing is sealed, and what is
   * sealed is refused.
   */
  readonly keys: readonly EncryptionKey[]
  /** Refuse machines in clear instead of sealing them at their next write. */
  readonly requireSealed: boolean
}

const aboutPassword = (machineId: string) => `password of machine ${machineId}`
const aboutToken = (machineId: string) => `token of machine ${machineId}`

/** Seals the passwords and tokens of a store's machines, and opens them. */
export class MachineSeals {
  readonly #storage: Storage
  readonly #options: SealOptions
  #keyring: Keyring | undefined

  constructor(storage: Storage, options: SealOptions) {
    this.#storage = storage
    this.#options = options
  }

  async makeKeys(): Promise<void> {
    this.#keyring ??= await Keyring.make(this.#storage, this.#options.keys)
  }

  open(machine: Machine | undefined): Machine | undefined {
    return machine && this.opened(machine)
  }

  opened(machine: Machine): Machine {
    const { machineId, token } = machine
    this.#refuseClear(machine)
    return {
      ...machine,
      password: this.#keys.open(machine.password, aboutPassword(machineId)),
      token: token && { ...token, value: this.#keys.open(token.value, aboutToken(machineId)) },
    }
  }

  sealPassword(machineId: string, password: string): string {
    return this.#keys.seal(password, aboutPassword(machineId))
  }

  /**
   * Seals what is written anyway, and with it whatever of the machine is not sealed with the newest
   * key.
   */
  async update(machineId: string, patch: MachinePatch): Promise<void> {
    const token = patch.token && { ...patch.token, value: this.#keys.seal(patch.token.value, aboutToken(machineId)) }
    const sealed: MachinePatch = token ? { ...patch, token } : patch
    const machine = this.#keys.canSeal ? await this.#storage.getMachine(machineId) : undefined
    await this.#storage.updateMachine(machineId, { ...(machine && this.#resealing(machine)), ...sealed })
  }

  async resealAll(signal: AbortSignal): Promise<number> {
    let resealed = 0
    for await (const { machines } of pages((from) => this.#storage.listMachines(from))) {
      for (const machine of machines) {
        assertGoing('Sealing machines', signal, resealed)
        const patch = this.#resealing(machine)
        if (Object.keys(patch).length === 0) continue
        await turn()
        await this.#storage.updateMachine(machine.machineId, patch)
        resealed += 1
      }
    }
    return resealed
  }

  #resealing({ machineId, password, token }: Machine): MachinePatch {
    const keys = this.#keys
    return {
      ...(!keys.isCurrent(password) && {
        password: keys.seal(keys.open(password, aboutPassword(machineId)), aboutPassword(machineId)),
      }),
      ...(token !== undefined &&
        !keys.isCurrent(token.value) && {
          token: {
            value: keys.seal(keys.open(token.value, aboutToken(machineId)), aboutToken(machineId)),
            scenarios: token.scenarios,
            lifetimeMs: token.expiresInMs,
          },
        }),
    }
  }

  #refuseClear({ machineId, password, token }: Machine): void {
    if (!this.#options.requireSealed) return
    const clear = [password, ...(token ? [token.value] : [])].some((text) => !text.startsWith('sealed:'))
    if (!clear) return
    const message = `Machine ${machineId} is stored in clear, and requireSealed refuses that: seal it with resealMachines() of a client without requireSealed`
    throw new CscapiError('machine_not_sealed', message)
  }

  get #keys(): Keyring {
    if (this.#keyring !== undefined) return this.#keyring
    throw new CscapiError('storage_closed', 'The store was not opened')
  }
}
