import type { PostgresPool, PostgresPoolClient } from './pool.js'

/**
 * Keeps the process alive when the server cuts a connection, which then emits an error that nobody
 * else listens for: the call under way tells of it, and the next one where the connection was idle.
 * It listens for as long as the pool has handed a connection out, to Prisma too: the server may cut
 * one before whoever waits for it comes to hold it. Returns what ends the listening.
 */
export function outliveCuts(pool: PostgresPool): () => void {
  const ignore = () => {}
  const acquired = (client: unknown) => void (client as PostgresPoolClient).on('error', ignore)
  const released = (_: unknown, client: unknown) => void (client as PostgresPoolClient).off('error', ignore)
  pool.on('error', ignore)
  pool.on('acquire', acquired)
  pool.on('release', released)
  return () => {
    pool.off('error', ignore)
    pool.off('acquire', acquired)
    pool.off('release', released)
  }
}
