import { randomUUID } from 'node:crypto'
import { type Machine, StorageError } from '@cscapi/core'
import { ageMs, isFromAhead, type OpenStore, remainingMs, type SignalFilter } from '../../../../src/index.js'
import type { Connection } from '../connect/connect.js'
import type { MachineRow, SignalRow, Tables } from '../tables.js'

/** The port's operations. Nothing waits inside of one, so each is a transaction. */
export function operationsOn({ server, now: clock }: Connection): OpenStore {
  const { tables } = server
  if (tables === undefined) throw new Error('the schema is missing')
  return {
    async close() {},

    async getMachine(machineId) {
      return toMachine(tables.machines.get(machineId), clock())
    },

    async createMachine({ machineId, password }) {
      const row = tables.machine(machineId)
      row.password ??= password
      return toMachine(row, clock()) as Machine
    },

    async updateMachine(machineId, { password, registered, authFailures, token, failing }) {
      const row = tables.machines.get(machineId)
      const now = clock()
      if (row?.password === undefined)
        throw new StorageError('storage_conflict', `There is no machine ${machineId}`, {
          adapter: 'acme',
          operation: 'updateMachine',
        })
      row.password = password ?? row.password
      row.registered ||= registered ?? false
      row.authFailures = authFailures ?? row.authFailures
      if (token === null) row.token = undefined
      if (token) {
        const expiresAt = token.lifetimeMs === undefined ? undefined : now + token.lifetimeMs
        row.token = { value: token.value, scenarios: token.scenarios, expiresAt, putAt: now }
      }
      if (failing === undefined) return
      row.failing = failing === null ? undefined : { ...failing, since: Math.min(row.failing?.since ?? now, now) }
      row.failingUntil = failing === null ? 0 : now + failing.retryAfterMs
      row.failingPutAt = now
      if (row.dueAt !== undefined && !isLeased(row, now)) due(row, Math.max(now, row.failingUntil), now)
    },

    async listMachines({ after = '', limit, failing }) {
      const found = [...tables.machines.values()]
        .filter(({ machineId, password }) => password !== undefined && machineId > after)
        .filter((row) => failing === undefined || (row.failing !== undefined) === failing)
        .sort((a, b) => (a.machineId < b.machineId ? -1 : 1))
      const machines = found.slice(0, limit).flatMap((row) => toMachine(row, clock()) ?? [])
      return { machines, next: found.length > limit ? machines.at(-1)?.machineId : undefined }
    },

    async deleteMachines(machineIds) {
      const known = machineIds.filter((id) => tables.machines.has(id))
      for (const id of known) {
        tables.sentByDeleted += tables.machine(id).sent
        tables.machines.delete(id)
      }
      tables.signals = tables.signals.filter(({ machineId }) => !known.includes(machineId))
      return known.length
    },

    async getState(key) {
      const row = tables.state.get(key)
      const expiresInMs =
        row?.expiresAt === undefined ? undefined : remainingMs({ at: row.expiresAt, putAt: row.putAt }, clock())
      if (row === undefined || (expiresInMs !== undefined && expiresInMs <= 0)) return undefined
      return { value: row.value.slice(), version: row.version, expiresInMs }
    },

    async setState(key, value, { ifVersion, expiresInMs }) {
      const now = clock()
      const row = tables.state.get(key)
      const isThere =
        row !== undefined &&
        (row.expiresAt === undefined || remainingMs({ at: row.expiresAt, putAt: row.putAt }, now) > 0)
      if (ifVersion !== undefined && ifVersion !== (isThere ? row.version : 0)) return undefined
      if (value === undefined) {
        tables.state.delete(key)
        return 0
      }
      const version = tables.next()
      const expiresAt = expiresInMs === undefined ? undefined : now + expiresInMs
      tables.state.set(key, { value: value.slice(), version, expiresAt, putAt: now })
      return version
    },

    async enqueue(signals) {
      const now = clock()
      let added = 0
      for (const signal of signals) {
        if (tables.signals.some(({ machineId, uuid }) => machineId === signal.machineId && uuid === signal.uuid))
          continue
        const row = tables.machine(signal.machineId)
        tables.signals.push({ ...signal, id: tables.next(), status: 'pending', changedAt: now })
        added += 1
        if (row.dueAt === undefined) due(row, Math.max(now, failingUntil(row, now)), now)
      }
      return { added, duplicates: signals.length - added }
    },

    async lease({ leaseMs, maxSignals }) {
      const now = clock()
      const awake = [...tables.machines.values()].filter(({ dueAt }) => dueAt !== undefined)
      const [row] = awake
        .filter(({ dueAt = 0, putAt }) => dueAt <= now || isFromAhead(putAt, now))
        .sort((a, b) => Math.min(a.dueAt ?? 0, now) - Math.min(b.dueAt ?? 0, now))
      if (row === undefined) return undefined
      const { machineId } = row
      const held = pendingOf(tables, machineId).slice(0, maxSignals)
      const token = randomUUID()
      Object.assign(row, { leaseToken: token, leaseUntil: now + leaseMs, leaseLast: held.at(-1)?.id ?? 0 })
      due(row, now + leaseMs, now)
      row.attemptsSince = Math.min(row.attemptsSince, now)
      return {
        machineId,
        token,
        machine: toMachine(row, now),
        signals: held.map(({ uuid, payload }) => ({ uuid, payload })),
        attempts: row.attempts,
        attemptsForMs: row.attempts === 0 ? 0 : now - row.attemptsSince,
      }
    },

    async settle({ machineId, token }, { sent = [], keepSent = false, rejected = [], retry }) {
      const now = clock()
      const row = tables.machines.get(machineId)
      if (row?.leaseToken === undefined || row.leaseToken !== token) return { lost: true }
      const leased = new Map(heldBy(tables, row).map((signal) => [signal.uuid, signal]))
      const gone = new Set(sent.flatMap((uuid) => leased.get(uuid) ?? []))
      for (const signal of gone) Object.assign(signal, { status: 'sent', changedAt: now })
      row.sent += gone.size
      if (!keepSent) tables.signals = tables.signals.filter((signal) => !gone.has(signal))
      let moved = gone.size
      for (const { uuid, reason, status } of rejected) {
        const signal = leased.get(uuid)
        if (signal === undefined || signal.status !== 'pending') continue
        Object.assign(signal, { status: 'rejected', changedAt: now, reason, httpStatus: status })
        moved += 1
      }
      if (moved > 0) row.attempts = 0
      if (retry !== undefined && retry.countsAsAttempt !== false) {
        if (row.attempts === 0) row.attemptsSince = now
        row.attempts += 1
      }
      row.leaseToken = undefined
      const isEmpty = pendingOf(tables, machineId).length === 0
      due(row, isEmpty ? undefined : Math.max(now + (retry?.afterMs ?? 0), failingUntil(row, now)), now)
      return { lost: false }
    },

    async extend({ machineId, token }, leaseMs) {
      const now = clock()
      const row = tables.machines.get(machineId)
      if (row?.leaseToken === undefined || row.leaseToken !== token) return false
      row.leaseUntil = now + leaseMs
      due(row, row.leaseUntil, now)
      return true
    },

    async stats() {
      const now = clock()
      const rows = [...tables.machines.values()]
      const pending = tables.signals.filter(({ status }) => status === 'pending')
      const leased = rows.flatMap((row) => (isLeased(row, now) ? heldBy(tables, row) : [])).length
      return {
        pending: pending.length - leased,
        leased,
        sent: rows.reduce((sum, { sent }) => sum + sent, tables.sentByDeleted),
        rejected: tables.signals.filter(({ status }) => status === 'rejected').length,
        machines: rows.length,
        failing: rows.filter(({ failing }) => failing !== undefined).length,
        oldestPendingMs:
          pending.length === 0 ? undefined : Math.max(...pending.map(({ changedAt }) => ageMs(changedAt, now))),
      }
    },

    async listSignals(filter, { after = '0', limit }) {
      const now = clock()
      const found = matching(tables, filter, now).filter(({ id }) => id > Number(after))
      const signals = found.slice(0, limit).map(({ id: _, changedAt, reason, httpStatus, ...signal }) => ({
        ...signal,
        ageMs: ageMs(changedAt, now),
        reason,
        httpStatus,
      }))
      return { signals, next: found.length > limit ? String(found[limit - 1]?.id) : undefined }
    },

    async deleteSignals(filter, limit) {
      const now = clock()
      const isHeld = (signal: SignalRow) => {
        const row = tables.machine(signal.machineId)
        return isLeased(row, now) && heldBy(tables, row).includes(signal)
      }
      const gone = new Set(
        matching(tables, filter, now)
          .filter((signal) => !isHeld(signal))
          .slice(0, limit),
      )
      tables.signals = tables.signals.filter((signal) => !gone.has(signal))
      for (const { machineId } of gone) {
        const row = tables.machine(machineId)
        if (row.leaseToken === undefined && pendingOf(tables, machineId).length === 0) due(row, undefined, now)
      }
      return gone.size
    },

    async requeueSignals(filter, limit) {
      const now = clock()
      const back = matching(tables, { ...filter, status: 'rejected' }, now).slice(0, limit)
      tables.signals = tables.signals.filter((signal) => !back.includes(signal))
      for (const { machineId, uuid, payload } of back) {
        tables.signals.push({ machineId, uuid, payload, id: tables.next(), status: 'pending', changedAt: now })
        const row = tables.machine(machineId)
        if (row.dueAt === undefined) due(row, Math.max(now, failingUntil(row, now)), now)
      }
      return back.length
    },
  }
}

function due(row: MachineRow, at: number | undefined, now: number): void {
  row.dueAt = at
  row.putAt = now
}

const isLeased = ({ leaseToken, leaseUntil, putAt }: MachineRow, now: number) =>
  leaseToken !== undefined && remainingMs({ at: leaseUntil, putAt }, now) > 0

const failingUntil = (row: MachineRow, now: number) =>
  now + remainingMs({ at: row.failingUntil, putAt: row.failingPutAt }, now)

const pendingOf = (tables: Tables, id: string) =>
  tables.signals.filter(({ machineId, status }) => machineId === id && status === 'pending')

const heldBy = (tables: Tables, { machineId, leaseLast }: MachineRow) =>
  pendingOf(tables, machineId).filter(({ id }) => id <= leaseLast)

function matching(tables: Tables, { status, machineId, olderThanMs }: SignalFilter, now: number): SignalRow[] {
  const found = tables.signals
    .filter((signal) => status === undefined || signal.status === status)
    .filter((signal) => machineId === undefined || signal.machineId === machineId)
  if (olderThanMs === undefined) return found
  // What a clock that was ahead wrote ages from now on.
  for (const signal of found) if (isFromAhead(signal.changedAt, now)) signal.changedAt = now
  return found.filter(({ changedAt }) => ageMs(changedAt, now) >= olderThanMs)
}

function toMachine(row: MachineRow | undefined, now: number): Machine | undefined {
  if (row?.password === undefined) return undefined
  const { machineId, password, registered, authFailures, token, failing, failingUntil: at, failingPutAt: putAt } = row
  return {
    machineId,
    password,
    registered,
    authFailures,
    token: token && {
      value: token.value,
      scenarios: token.scenarios,
      expiresInMs:
        token.expiresAt === undefined ? undefined : remainingMs({ at: token.expiresAt, putAt: token.putAt }, now),
    },
    failing: failing && {
      reason: failing.reason,
      message: failing.message,
      count: failing.count,
      sinceMs: ageMs(failing.since, now),
      retryInMs: remainingMs({ at, putAt }, now),
    },
  }
}
