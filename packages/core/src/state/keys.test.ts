import { expect, test } from 'vitest'
import { stateKeys } from './keys.js'

const keys: readonly string[] = Object.values(stateKeys).map((key: unknown) =>
  typeof key === 'function' ? String(key(['a'], 1)) : String(key),
)

test('no two values of a store have one key, and all are short enough for it', () => {
  expect(new Set(keys).size).toBe(keys.length)
  for (const key of keys) expect(key.length).toBeLessThanOrEqual(200)
})

test('a key never changes: the values of a store of before are found again', () => {
  expect({
    ...stateKeys,
    loginLock: stateKeys.loginLock('m'),
    repeatedLogins: stateKeys.repeatedLogins('m'),
    dedup: stateKeys.dedup(['source', 'scenario'], 60_000),
    importedSignals: stateKeys.importedSignals(3),
    schedulerJob: stateKeys.schedulerJob('send'),
    snapshotChunk: stateKeys.snapshotChunk('g', 2),
  }).toEqual({
    environment: 'environment',
    encryptionSalt: 'encryption:salt',
    loginLock: 'login:m',
    loginBudget: 'login-budget',
    repeatedLogins: 'logins:m',
    unauthorizedMachines: 'unauthorized',
    unauthorizedStops: 'unauthorized:stops',
    banPause: 'pause:forbidden',
    sendingPause: 'pause:sending',
    banProbeDue: 'ban:probe-due',
    banProbeLock: 'ban:probe',
    banSuspect: 'ban:suspect',
    delivered: 'delivered',
    dropOldestLock: 'drop-oldest',
    dedup: 'dedup:source+scenario:60000',
    importedSignals: 'imported:3',
    schedulerLeader: 'scheduler:leader',
    schedulerJob: 'scheduler:send',
    pullLock: 'decisions:pull',
    pulled: 'decisions:pulled',
    pullAsked: 'decisions:asked',
    snapshot: 'decisions:snapshot',
    snapshotChunk: 'decisions:snapshot:g:2',
  })
})
