import type { PrismaClient } from '../generated/client.js'
import type { PostgresPool } from './pool.js'
import { poolOfPrisma } from './prisma-pool.js'

/** Prisma on a pool and a schema. It is large, so it is loaded when it is first asked for. */
export class LazyPrisma {
  readonly #pool: PostgresPool
  readonly #schema: string
  #loading: Promise<PrismaClient> | undefined

  constructor(pool: PostgresPool, schema: string) {
    this.#pool = pool
    this.#schema = schema
  }

  client(): Promise<PrismaClient> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  async disconnect(): Promise<void> {
    const client = await this.#loading
    await client?.$disconnect()
  }

  async #load(): Promise<PrismaClient> {
    const { PrismaClient, PrismaPg } = await import('../prisma.js')
    const pool = await poolOfPrisma(this.#pool)
    return new PrismaClient({ adapter: new PrismaPg(pool, { schema: this.#schema }) })
  }
}
