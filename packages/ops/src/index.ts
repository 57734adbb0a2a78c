export type { PeerInfo } from './access/peer.js'
export { createOps, type Ops } from './create-ops.js'
export type { OpsClient, OpsOptions } from './options.js'
export { type ServeOpsOptions, type ServingOps, serveOps } from './serve-ops.js'
