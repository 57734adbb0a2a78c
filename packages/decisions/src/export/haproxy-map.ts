import { bareWord, lineFormat } from './format.js'
import { textOf } from './network.js'

/** For the converter `map_ip`, which takes the longest prefix. */
export const haproxyMap = lineFormat((network) => `${textOf(network)} ${bareWord(network.remediation)}`, true)
