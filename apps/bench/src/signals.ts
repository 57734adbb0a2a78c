import { createSignal, generateMachineIdFromKey } from '@cscapi/client'
import type { QueuedSignal } from '@cscapi/storage'

/** The id of the n-th machine. */
export const machineId = (number: number) => generateMachineIdFromKey(`bench ${number}`)

export type SignalInput = ReturnType<typeof signalInput>

/** What makes one signal of about 700 bytes, as most are. */
export function signalInput(number: number, machines: number) {
  return {
    attackerIp: `198.18.${(number >> 8) % 256}.${number % 256}`,
    scenario: 'crowdsecurity/ssh-bf',
    createdAt: new Date(),
    machineId: machineId(number % machines),
    context: { target_user: ['root', 'admin', 'oracle'], service: 'ssh', note: 'x'.repeat(60) },
  }
}

const signalOf = (number: number, machines: number) => createSignal(signalInput(number, machines))

/** So many queued signals, spread over machines, of which the first is the one of that number. */
export function queuedSignals(count: number, machines: number, first = 0): QueuedSignal[] {
  const ids = Array.from({ length: machines }, (_, number) => machineId(first + number))
  return Array.from({ length: count }, (_, number) => {
    const signal = signalOf(number, 1)
    const own = ids[number % machines] ?? ''
    return { machineId: own, uuid: signal.uuid, payload: JSON.stringify({ ...signal, machine_id: own }) }
  })
}
