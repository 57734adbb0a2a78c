export { type PostgresOptions, startPostgres } from './postgres.js'
export { type RedisOptions, startRedis } from './redis.js'
export { type RedisClusterOptions, startRedisCluster, type TestRedisCluster } from './redis-cluster.js'
export type { TestServer } from './test-server.js'
