import type { MachinePatch, NewMachine } from '@cscapi/core'
import {
  assertList,
  assertObject,
  idRule,
  isId,
  isRecord,
  isStorable,
  issueUnless,
  listIssues,
  refuse,
  storableRule,
} from './rules.js'

/** Checks of what names, makes and changes machines. No password and no token is shown. */
export const machineChecks = {
  /** Checks the id of one that is only looked for: it may be any text. */
  knownMachine(machineId: string): void {
    refuse(issueUnless(typeof machineId === 'string', 'machineId', machineId, 'must be text'))
  },

  /** Checks the ids of some that are only looked for. */
  knownMachines(machineIds: readonly string[]): void {
    assertList('machineIds', machineIds, 'machine ids')
    refuse(listIssues('machineIds', machineIds, (id) => typeof id === 'string', 'must be text'))
  },

  newMachine(machine: NewMachine): void {
    assertObject('machine', machine)
    refuse([
      ...issueUnless(isId(machine.machineId), 'machine.machineId', machine.machineId, idRule),
      ...issueUnless(isStorable(machine.password), 'machine.password', '[redacted]', storableRule),
    ])
  },

  patch(machineId: string, patch: MachinePatch): void {
    machineChecks.knownMachine(machineId)
    assertObject('patch', patch)
    const { password, token, failing, authFailures } = patch
    const isAbsentOr = (isGood: boolean, value: unknown) => value === undefined || isGood
    refuse([
      ...issueUnless(isAbsentOr(isStorable(password), password), 'patch.password', '[redacted]', storableRule),
      ...issueUnless(
        isAbsentOr(Number.isSafeInteger(authFailures), authFailures),
        'patch.authFailures',
        authFailures,
        'must be a whole number',
      ),
      ...issueUnless(
        isAbsentOr(token === null || isRecord(token), token),
        'patch.token',
        '[redacted]',
        'must be an object or null',
      ),
      ...issueUnless(
        isAbsentOr(failing === null || isRecord(failing), failing),
        'patch.failing',
        failing,
        'must be an object or null',
      ),
      ...(token
        ? [
            ...issueUnless(isStorable(token.value), 'patch.token.value', '[redacted]', storableRule),
            ...issueUnless(Array.isArray(token.scenarios), 'patch.token.scenarios', token.scenarios, 'must be a list'),
            ...issueUnless(
              isAbsentOr(Number.isFinite(token.lifetimeMs), token.lifetimeMs),
              'patch.token.lifetimeMs',
              token.lifetimeMs,
              'must be a number of milliseconds',
            ),
          ]
        : []),
      ...(failing
        ? issueUnless(
            Number.isFinite(failing.retryAfterMs),
            'patch.failing.retryAfterMs',
            failing.retryAfterMs,
            'must be a number of milliseconds',
          )
        : []),
    ])
  },
}
