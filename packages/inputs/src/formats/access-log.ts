import { readAccessLine } from '../logs/web/access-log.js'
import { readAccessRecord } from './access-json.js'
import type { InputFormat } from './format.js'
import { webAttacks, webReadings } from './web-attacks.js'

/** Requests in an access log of nginx, Apache, Caddy or Traefik, as text or as JSON. */
export const accessLog: InputFormat = {
  attacks: webAttacks,
  open: (context) => ({
    read(line, number) {
      const request = readAccessLine(line) ?? readAccessRecord(line, context)
      if (typeof request === 'string') return [{ refused: request }]
      return request === undefined ? undefined : webReadings(request, number, context)
    },
  }),
}
