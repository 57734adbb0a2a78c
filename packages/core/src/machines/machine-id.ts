import { createHash } from 'node:crypto'
import { InputError, type InputIssue, issuesOfSchema, MACHINE_ID_NAMES, printable } from '@cscapi/signals'
import * as z from 'zod'

const LENGTH = 48
const LONGEST = 64

/**
 * Tells why an id is not one of a machine; `undefined` for one that is (CAPI v3 swagger
 * `LoginRequest`).
 */
export function machineIdRule(
  machineId: unknown,
  options: { allowLongMachineIds?: boolean } | null = {},
): string | undefined {
  const allowLongMachineIds = options?.allowLongMachineIds === true
  const longest = allowLongMachineIds ? LONGEST : LENGTH
  const isText = typeof machineId === 'string' && /^[a-zA-Z0-9]+$/.test(machineId)
  if (isText && machineId.length >= LENGTH && machineId.length <= longest) return undefined
  return `must be ${allowLongMachineIds ? `${LENGTH} to ${LONGEST}` : `exactly ${LENGTH}`} letters and digits; generateMachineIdFromKey makes one`
}

/**
 * Lets an id pass that CAPI accepts.
 *
 * @throws InputError for any other.
 */
export function assertMachineId(machineId: unknown, options: { allowLongMachineIds?: boolean } | null = {}): void {
  const rule = machineIdRule(machineId, options)
  if (rule !== undefined)
    throw new InputError('The machine id is not usable', [{ path: 'machineId', value: printable(machineId), rule }])
}

/** Options of {@link generateMachineIdFromKey}. */
export interface MachineIdOptions {
  /**
   * Comes first in the id, and is hashed with the key. Up to 16 letters and digits; any text with
   * `format: 'python'`. Default: none.
   */
  readonly prefix?: string
  /**
   * `'python'` gives what `generate_machine_id_from_key` of the Python SDK gives, bit for bit.
   * Default: an id of 48 characters.
   */
  readonly format?: 'python'
  /**
   * With `format: 'python'`: how many digits of the hash follow the prefix; a negative number
   * leaves as many out at the end. Default 48.
   */
  readonly length?: number
}

/**
 * Makes the machine id of a key of yours: always the same for the same key and prefix. Without a
 * prefix it equals the Python SDK's (docs/capi-protocol.md, Machine ids and passwords).
 *
 * With a prefix, the id stays 48 characters long. `format: 'python'` gives the Python SDK's id in
 * its place, whatever its length: a client takes those of 49 to 64 letters and digits with
 * `allowLongMachineIds`, and others not at all.
 *
 * @throws InputError that names everything that is wrong
 */
export function generateMachineIdFromKey(key: string, options: MachineIdOptions = {}): string {
  const schema = isPython(options) ? pythonSchema : ownSchema
  const issues: InputIssue[] = []
  if (typeof key !== 'string' || key === '' || !key.isWellFormed())
    issues.push({
      path: 'key',
      value: printable(key),
      rule: 'must be text that is not empty, without a lone surrogate',
    })
  issues.push(...(issuesOfSchema(schema, options, { aliases: MACHINE_ID_NAMES }) ?? []))
  if (issues.length > 0) throw new InputError('No machine id was made', issues)
  const { prefix, format, length } = schema.parse(options)
  const digits = createHash('sha256').update(`${prefix}${key}`, 'utf8').digest('hex').slice(0, length)
  return format === 'python' ? prefix + digits : (prefix + digits).slice(0, LENGTH)
}

/**
 * Python encodes text as we do, and counts a slice's end from behind where it is negative, as we
 * do.
 */
const pythonSchema = z.strictObject({
  prefix: z
    .string()
    .refine((prefix) => prefix.isWellFormed(), 'must be text without a lone surrogate')
    .default(''),
  format: z.literal('python'),
  length: z.int().default(LENGTH),
})

const ownSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^[a-zA-Z0-9]{0,16}$/, 'must be up to 16 letters and digits')
    .default(''),
  format: z.undefined({ error: "must be 'python' or left out" }).optional(),
  length: z
    .undefined({ error: "must be left out without format: 'python': an id of CAPI's has 48 characters" })
    .optional()
    .transform(() => LENGTH),
})

const isPython = (options: unknown) =>
  typeof options === 'object' && options !== null && Reflect.get(options, 'format') === 'python'
