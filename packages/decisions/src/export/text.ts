import { lineFormat } from './format.js'
import { textOf } from './network.js'

/** An address or a range a line: for `acl … src -f` of HAProxy, for grep, for anything. */
export const text = lineFormat(textOf)
