import { lineFormat } from './format.js'
import { textOf } from './network.js'

/** For a `<RequireAll>` of the user's, next to what grants: a block of ours would grant by itself. */
export const apache = lineFormat((network) => `Require not ip ${textOf(network)}`)
