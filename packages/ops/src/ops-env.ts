import type { Admission } from './access/gate.js'
import type { PeerInfo } from './access/peer.js'

/** What the routes know of a request beside itself. */
export interface OpsEnv {
  Bindings: PeerInfo
  Variables: { admission: Admission }
}
