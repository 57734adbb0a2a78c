import type { Pool, QueryConfig } from 'pg'
import type { PostgresPool } from './pool.js'

type Parse = (value: unknown) => unknown
type Types = { getTypeParser(oid: number, format?: string): Parse }

/**
 * Of the types of our columns, those for which Prisma asks the driver, where a program may have
 * registered something else.
 */
const PLAIN = new Map<number, Parse>([
  [16, (letter) => letter === 't'],
  [20, (text) => text],
  [23, Number],
  [25, (text) => text],
])

/**
 * The pool as Prisma needs it: one of its own copy of pg, or it would take it for settings; and
 * without a program's type parsers.
 */
export async function poolOfPrisma(pool: PostgresPool): Promise<Pool> {
  const { Pool: OwnPool } = await import('pg')
  const isPool = (value: object): value is Pool => value === pool
  if (!isPool(pool)) throw new TypeError('Not a pool')
  return new Proxy<Pool>(pool, {
    getPrototypeOf: () => OwnPool.prototype,
    get(target, name) {
      if (name === 'query') return (config: QueryConfig & { types: Types }) => target.query(withPlainTypes(config))
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function withPlainTypes(config: QueryConfig & { types: Types }): QueryConfig {
  const types = {
    getTypeParser: (oid: number, format?: string) => PLAIN.get(oid) ?? config.types.getTypeParser(oid, format),
  }
  return { ...config, types: { ...types, setTypeParser: () => undefined, builtins: {} } as never }
}
