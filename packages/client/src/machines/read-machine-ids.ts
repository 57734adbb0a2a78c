import { InputError, printable } from '@cscapi/signals'
import { isIterable } from '../calling/read-call.js'

/** Reads the ids, each once. @throws InputError unless they are an iterable of texts. */
export function readMachineIds(what: string, machineIds: unknown): string[] {
  if (!isIterable(machineIds) || !(Symbol.iterator in machineIds)) {
    const advice = typeof machineIds === 'string' ? '; put one into an array' : ''
    const rule = `must be an array of machine ids, or another iterable of them${advice}`
    throw new InputError(what, [{ path: 'machineIds', value: printable(machineIds), rule }])
  }
  const ids: unknown[] = [...(machineIds as Iterable<unknown>)]
  const isId = (id: unknown): id is string => typeof id === 'string' && id !== ''
  const issues = ids.flatMap((id, index) =>
    isId(id) ? [] : [{ path: `machineIds[${index}]`, value: printable(id), rule: 'must be a machine id' }],
  )
  if (issues.length > 0) throw new InputError(what, issues)
  return [...new Set(ids.filter(isId))]
}
