import type { Machine, NewMachine } from '@cscapi/core'
import { MemoryStorage } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class PasswordReplaced extends MemoryStorage {
  override async createMachine(machine: NewMachine): Promise<Machine> {
    return { ...(await super.createMachine(machine)), password: machine.password }
  }
}

export const passwordReplaced: BrokenAdapter = {
  fault: 'each of two that create a machine at once believes that its password won',
  Adapter: PasswordReplaced,
  fails: ['of callers that create a machine at once, all get the password that won'],
}
