/** The values that this package keeps in the store. */
export const stateKeys = {
  bouncers: 'local-api:bouncers',
  agents: 'local-api:agents',
  tokenSecret: 'local-api:token-secret',
  cursors: 'local-api:cursors',
  announced: 'local-api:announced',
  announcedChunk: (generation: string, index: number) => `local-api:announced:${generation}:${index}`,
  gone: (seq: number, part: number) => `local-api:gone:${seq}:${part}`,
  alerts: 'local-api:alerts',
  alertShard: (shard: number) => `local-api:alerts:${shard}`,
} as const
