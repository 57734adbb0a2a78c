import { createHash, randomUUID } from 'node:crypto'
import { through } from '../pacing/pace.js'
import type { EntryFormat } from './format.js'
import { isoInstant } from './iso-instant.js'
import { jsonLine } from './json-lines.js'

/** Ours, drawn once: STIX 2.1 (Identifier) keeps its own namespace to cyber-observable objects. */
const NAMESPACE = '2e59cfd5-f660-481a-9c35-803b02adbb86'

/**
 * The day of STIX 2.1. All versions of an object must agree about it (Versioning), and nobody
 * remembers when a network was first listed.
 */
const CREATED = '2021-06-10T00:00:00.000Z'

/**
 * STIX 2.1: one bundle, an indicator for each network. A network has the same id in every export,
 * and a later export is a later version of it.
 */
export const stix: EntryFormat = {
  takes: 'entries',
  saysRemediation: true,
  hasOtherScopes: false,
  *write(entries, now) {
    yield `{"type":"bundle","id":"bundle--${randomUUID()}"`
    let isFirst = true
    // A list must not be empty (List), so `objects` may be absent.
    yield* through(entries, function* ({ value, remediation, reason, origin, expiresAt }) {
      const indicator = {
        type: 'indicator',
        spec_version: '2.1',
        id: `indicator--${uuidV5(value)}`,
        created: CREATED,
        modified: isoInstant(now),
        name: value,
        description: `${remediation}: ${reason} (${origin})`,
        indicator_types: ['malicious-activity'],
        pattern: pattern(value),
        pattern_type: 'stix',
        pattern_version: '2.1',
        valid_from: isoInstant(now),
        valid_until: isoInstant(expiresAt),
        labels: [remediation],
      }
      yield `${isFirst ? ',"objects":[' : ','}\n${jsonLine(indicator)}`
      isFirst = false
    })
    yield isFirst ? '}\n' : '\n]}\n'
  },
}

function pattern(value: string): string {
  const type = value.includes(':') ? 'ipv6-addr' : 'ipv4-addr'
  return `[${type}:value ${value.includes('/') ? 'ISSUBSET' : '='} '${value}']`
}

/** RFC 9562, section 5.5. */
function uuidV5(name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
