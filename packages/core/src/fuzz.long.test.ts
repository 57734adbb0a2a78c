// What is tried at random, in full.
import './capi/capi.test.js'
import './capi/decision-stream/read-decision-stream.test.js'
import './transport/retry-after.test.js'
import './machines/token-claims.test.js'
import './secrets/keyring.test.js'
import './state/pause.test.js'
