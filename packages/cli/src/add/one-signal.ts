import { type CreateSignalInput, createSignal, type Signal } from '@cscapi/signals'
import { UsageError } from '../ending.js'

/** The flags that make one signal. */
export interface SignalFlags {
  readonly ip?: string
  readonly scenario?: string
  readonly at?: string
  readonly message?: string
  readonly context?: readonly string[]
  readonly uuid?: string
}

export const SIGNAL_FLAGS = ['ip', 'scenario', 'at', 'message', 'context', 'uuid'] as const

/** Makes the signal of `cscapi add --ip … --scenario …`. @throws InputError, UsageError */
export function oneSignal({ ip, scenario, at, message, context, uuid }: SignalFlags, machineId: string): Signal {
  if (ip === undefined || scenario === undefined) {
    throw new UsageError('One signal needs both: cscapi add --ip 203.0.113.7 --scenario crowdsecurity/ssh-bf')
  }
  const input: CreateSignalInput = {
    attackerIp: ip,
    scenario,
    machineId,
    createdAt: instantOf(at),
    message,
    uuid,
    ...(context !== undefined && { context: context.map(entryOf) }),
  }
  return createSignal(input)
}

/** fail2ban and others say epoch seconds. */
function instantOf(at: string | undefined): Date | string {
  if (at === undefined) return new Date()
  return /^\d{9,10}(\.\d+)?$/.test(at) ? new Date(Number(at) * 1_000) : at
}

function entryOf(text: string): { key: string; value: string } {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new UsageError(`--context takes key=value, e.g. service=ssh`)
  return { key, value }
}
