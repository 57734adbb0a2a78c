import {
  AbortedError,
  CscapiError,
  type EncryptionKey,
  isCscapiError,
  Keyring,
  type Machine,
  type MachinePatch,
  turn,
} from '@cscapi/core'
import type { Storage } from '@cscapi/storage'

export interface SealOptions {
  /**
   * The newest first: it seals, and the others only open. Empty: nothing is sealed, and what is
   * sealed is refused.
   */
  readonly keys: readonly EncryptionKey[]
  /** Refuse rows in clear instead of sealing them at their next write. */
  readonly requireSealed: boolean
}

/**
 * A storage whose machines have their passwords and tokens sealed, and that hands them out in
 * clear. Everything else goes straight through.
 */
export interface SealedStorage extends Storage {
  /** Seals again every row that is in clear or sealed with an older key; returns how many. */
  resealMachines(signal: AbortSignal): Promise<number>
}

export function sealedStorage(storage: Storage, options: SealOptions): SealedStorage {
  const seals = new MachineSeals(storage, options)
  const own: Partial<SealedStorage> = {
    async open() {
      await storage.open()
      await seals.makeKeys()
    },
    getMachine: async (machineId) => seals.open(await storage.getMachine(machineId)),
    createMachine: async ({ machineId, password }) => {
      const row = await storage.createMachine({ machineId, password: seals.sealPassword(machineId, password) })
      return seals.opened(row)
    },
    updateMachine: (machineId, patch) => seals.update(machineId, patch),
    async listMachines(page) {
      const { machines, next } = await storage.listMachines(page)
      return { machines: machines.map((machine) => seals.opened(machine)), next }
    },
    async lease(request) {
      const lease = await storage.lease(request)
      if (lease === undefined) return undefined
      try {
        return { ...lease, machine: seals.open(lease.machine) }
      } catch (error) {
        // A wrong key is put right at once; a damaged row stays so, and must not end every run that
        // the other machines are sent in.
        const isDamaged = isCscapiError(error) && error.code === 'sealed_text_damaged'
        await storage.settle(lease, isDamaged ? { retry: { afterMs: DAMAGED_MS, countsAsAttempt: false } } : {})
        throw error
      }
    },
    resealMachines: (signal) => seals.resealAll(signal),
  }
  return new Proxy(storage, {
    get(target, name) {
      const value: unknown = Object.hasOwn(own, name) ? Reflect.get(own, name) : Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  }) as SealedStorage
}

const DAMAGED_MS = 3_600_000

const aboutPassword = (machineId: string) => `password of machine ${machineId}`
const aboutToken = (machineId: string) => `token of machine ${machineId}`

class MachineSeals {
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
   * What is written anyway is sealed, and with it whatever of the row is not sealed with the newest
   * key.
   */
  async update(machineId: string, patch: MachinePatch): Promise<void> {
    const token = patch.token && { ...patch.token, value: this.#keys.seal(patch.token.value, aboutToken(machineId)) }
    const sealed: MachinePatch = token ? { ...patch, token } : patch
    const row = this.#keys.canSeal ? await this.#storage.getMachine(machineId) : undefined
    await this.#storage.updateMachine(machineId, { ...(row && this.#resealing(row)), ...sealed })
  }

  async resealAll(signal: AbortSignal): Promise<number> {
    let resealed = 0
    let after: string | undefined
    do {
      await turn()
      const page = await this.#storage.listMachines(after === undefined ? {} : { after })
      for (const row of page.machines) {
        if (signal.aborted) throw new AbortedError('Sealing machines', { report: { count: resealed } })
        const patch = this.#resealing(row)
        if (Object.keys(patch).length === 0) continue
        await turn()
        await this.#storage.updateMachine(row.machineId, patch)
        resealed += 1
      }
      after = page.next
    } while (after !== undefined)
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
