import { apache } from './apache.js'
import { csv } from './csv.js'
import type { EntryFormat, NetworkFormat } from './format.js'
import { haproxyMap } from './haproxy-map.js'
import { ipset } from './ipset.js'
import { jsonLines } from './json-lines.js'
import { nftables } from './nftables.js'
import { nginxDeny } from './nginx-deny.js'
import { nginxGeo } from './nginx-geo.js'
import { stix } from './stix.js'
import { text } from './text.js'

export type Format = NetworkFormat | EntryFormat

export const formats = {
  text,
  'nginx-deny': nginxDeny,
  'nginx-geo': nginxGeo,
  apache,
  'haproxy-map': haproxyMap,
  ipset,
  nftables,
  csv,
  jsonl: jsonLines,
  stix,
} satisfies Record<string, Format>
