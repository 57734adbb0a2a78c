import * as z from 'zod'

/** Without it, what zod calls custom keeps the rules between options from being looked at. */
const ALONGSIDE = { abort: false } as const

const isFunction = (value: unknown) => typeof value === 'function'

/** Takes a callback of the caller's, whose arguments are ours. */
export const functionSchema = <Callback>() =>
  z.custom<Callback>(isFunction, { error: 'must be a function', ...ALONGSIDE })

/** Takes an object of the caller's that has these methods, and whatever else it likes. */
export function methodsSchema<Instance>(methods: readonly string[], rule: string) {
  return z.custom<Instance>(
    (value) =>
      typeof value === 'object' && value !== null && methods.every((name) => isFunction(Reflect.get(value, name))),
    { error: rule, ...ALONGSIDE },
  )
}

/** By its shape, since frames and test environments have classes of their own. */
export const abortSignalSchema = z.custom<AbortSignal>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'aborted') === 'boolean' &&
    isFunction(Reflect.get(value, 'addEventListener')),
  { error: 'must be an AbortSignal', ...ALONGSIDE },
)

/**
 * What switches verification off elsewhere. Passed over in silence, it would look as if it did so
 * here.
 */
const alwaysVerified = z
  .undefined({ error: 'does not exist: certificates are always verified; name an authority of your own with ca' })
  .optional()

/** Options of other SDKs that switch verification off, each refused with the reason. */
export const tlsSettings = { tls: alwaysVerified, rejectUnauthorized: alwaysVerified } as const

/** What a timer holds. */
export const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)
