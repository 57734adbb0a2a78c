import * as z from 'zod'

export const FLEET_STORES = ['SQLite', 'PostgreSQL', 'Redis'] as const

/** How the options of the command reach the processes that measure. */
const VARIABLE = 'CSCAPI_BENCH_FLEET'

const sizeSchema = z.strictObject({
  machines: z.coerce.number().int().min(1).optional(),
  workers: z.coerce.number().int().min(1).optional(),
  storage: z
    .string()
    .transform((asked) =>
      FLEET_STORES.find((name) => name.toLowerCase() === asked.toLowerCase().replace(/^postgres$/, 'postgresql')),
    )
    .pipe(z.enum(FLEET_STORES, 'must be sqlite, postgres or redis'))
    .optional(),
})

/** What `bench fleet` is asked for: machines, workers, and one store in place of all. */
export type FleetSize = z.infer<typeof sizeSchema>

/**
 * Keeps what the command was told for this process and those that it starts.
 * @throws Error that names the option which cannot be
 */
export function keepFleetSize(asked: Readonly<Record<keyof FleetSize, string | undefined>>): void {
  const { error } = sizeSchema.safeParse(asked)
  if (error !== undefined) {
    const told = error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`)
    throw new Error(told.join('; '))
  }
  process.env[VARIABLE] = JSON.stringify(asked)
}

export const fleetSize = (): FleetSize => sizeSchema.parse(JSON.parse(process.env[VARIABLE] ?? '{}'))
