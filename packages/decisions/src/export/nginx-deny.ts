import { lineFormat } from './format.js'
import { textOf } from './network.js'

/** `deny` of ngx_http_access_module and ngx_stream_access_module. */
export const nginxDeny = lineFormat((network) => `deny ${textOf(network)};`)
