/** A statement, as a connection takes it. */
export interface PostgresQuery {
  /** The SQL, with `$1` and so on. */
  readonly text: string
  /** What stands for them. */
  readonly values?: unknown[]
  /** How the driver reads what comes back. */
  readonly types: { getTypeParser(): (text: unknown) => unknown }
}

/** What is needed of a connection of a pool: a `PoolClient` of pg has it. */
export interface PostgresPoolClient {
  /** Runs one statement. */
  query(query: PostgresQuery): Promise<{ rows: unknown[]; rowCount: number | null }>
  /** Puts the connection back; an error drops it. */
  release(error?: Error | boolean): void
  /** Listens to what the connection tells. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Ends the listening. */
  off(event: 'error', listener: (error: Error) => void): unknown
}

/**
 * What is needed of a pool: a `Pool` of pg has it. Declared here, so that nobody needs the types of
 * pg.
 */
export interface PostgresPool {
  /** Takes a connection out of the pool. */
  connect(): Promise<PostgresPoolClient>
  /** Ends every connection. */
  end(): Promise<void>
  /** Listens to what the pool tells. */
  on(event: 'error' | 'acquire' | 'release', listener: (...values: unknown[]) => void): unknown
  /** Ends the listening. */
  off(event: 'error' | 'acquire' | 'release', listener: (...values: unknown[]) => void): unknown
}

/** Whether a value is a pool of pg; a single `Client` of pg is none. */
export function isPool(value: unknown): value is PostgresPool {
  return typeof value === 'object' && value !== null && 'totalCount' in value && 'idleCount' in value && hasCalls(value)
}

function hasCalls(value: object): boolean {
  return ['connect', 'end', 'on', 'off'].every((name) => typeof Reflect.get(value, name) === 'function')
}
