import { randomUUID } from 'node:crypto'
import { generateMachineIdFromKey, machineIdRule } from '@cscapi/core'
import type { Cli } from '../cli.js'

/** Prints an id: of a key, or by chance. @throws InputError */
export function makeMachineId(
  cli: Cli,
  key: string = randomUUID(),
  { prefix, format }: { readonly prefix?: string; readonly format?: 'python' } = {},
): void {
  const machineId = generateMachineIdFromKey(key, {
    ...(prefix !== undefined && { prefix }),
    ...(format !== undefined && { format }),
  })
  if (cli.json) cli.terminal.json({ machineId })
  else cli.terminal.line(machineId)
  if (machineIdRule(machineId) !== undefined) {
    cli.terminal.tell(`cscapi: it has ${machineId.length} characters: set allowLongMachineIds: true to use it`)
  }
}

/** An id that nobody else has, and that begins with what is left of a name. */
export function machineIdNamed(name: string): string {
  const prefix = name.replace(/[^a-zA-Z0-9]/g, '').slice(0, 16)
  return generateMachineIdFromKey(randomUUID(), { prefix })
}
