import { InputError, isCscapiError } from '@cscapi/core'
import { printable } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import { type EncryptionOption, encryptionIssues, resolveEncryption } from './encryption-option.js'
import { MachineSeals, type SealOptions } from './machine-seals.js'

/**
 * A storage whose machines have their passwords and tokens sealed, and that hands them out in
 * clear. Everything else goes straight through.
 */
export interface SealedStorage extends Storage {
  /** Seals again every machine that is in clear or sealed with an older key; returns how many. */
  resealMachines(signal: AbortSignal): Promise<number>
}

/**
 * Gives a storage as a client with this key sees it, for programs that write machines into its
 * store: passwords and tokens come in clear, and are sealed where they are written. Open it, and
 * close the storage beneath.
 *
 * @throws InputError for a storage that is none, and for a key that is none; no key is shown
 */
export function withEncryption(storage: Storage, encryptionKey: EncryptionOption | undefined): Storage {
  const issues = [...encryptionIssues(encryptionKey)]
  if (typeof storage?.getMachine !== 'function')
    issues.push({ path: 'storage', value: printable(storage), rule: 'must be a storage instance' })
  if (issues.length > 0) throw new InputError('Nothing was sealed', issues)
  return sealedStorage(storage, resolveEncryption(encryptionKey))
}

/** The same, for a client. */
export function sealedStorage(storage: Storage, options: SealOptions): SealedStorage {
  const seals = new MachineSeals(storage, options)
  const own: Partial<SealedStorage> = {
    async open() {
      await storage.open()
      await seals.makeKeys()
    },
    getMachine: async (machineId) => seals.open(await storage.getMachine(machineId)),
    createMachine: async ({ machineId, password }) => {
      const machine = await storage.createMachine({ machineId, password: seals.sealPassword(machineId, password) })
      return seals.opened(machine)
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
        // A wrong key is put right at once; a damaged text stays so, and must not end every run
        // that the other machines are sent in.
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
