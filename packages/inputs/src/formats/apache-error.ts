import { readApacheErrorLine } from '../logs/web/apache-error-log.js'
import type { InputFormat } from './format.js'
import { webAttacks, webReadings } from './web-attacks.js'

/** Refused logins and requests in Apache’s error log. */
export const apacheError: InputFormat = {
  attacks: webAttacks,
  open: (context) => ({
    read(line, number) {
      const found = readApacheErrorLine(line, context)
      return found === undefined ? undefined : webReadings(found, number, context)
    },
  }),
}
