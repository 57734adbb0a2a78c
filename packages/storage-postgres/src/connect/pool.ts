/** A statement, as a connection takes it. */
export interface PostgresQuery {
  readonly text: string
  readonly values?: unknown[]
  readonly types: { getTypeParser(): (text: unknown) => unknown }
}

/** What is needed of a connection of a pool: a `PoolClient` of pg has it. */
export interface PostgresPoolClient {
  query(query: PostgresQuery): Promise<{ rows: unknown[]; rowCount: number | null }>
  release(error?: Error | boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/**
 * What is needed of a pool: a `Pool` of pg has it. Declared here, so that nobody needs the types of
 * pg.
 */
export interface PostgresPool {
  connect(): Promise<PostgresPoolClient>
  end(): Promise<void>
  on(event: 'error' | 'acquire' | 'release', listener: (...values: unknown[]) => void): unknown
  off(event: 'error' | 'acquire' | 'release', listener: (...values: unknown[]) => void): unknown
}

/** Whether a value is a pool of pg; a single `Client` of pg is none. */
export function isPool(value: unknown): value is PostgresPool {
  return typeof value === 'object' && value !== null && 'totalCount' in value && 'idleCount' in value && hasCalls(value)
}

function hasCalls(value: object): boolean {
  return ['connect', 'end', 'on', 'off'].every((name) => typeof Reflect.get(value, name) === 'function')
}
