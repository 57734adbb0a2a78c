import type { ExportFormat } from '@cscapi/decisions/export'

/** Every format of an export, as a flag takes it. */
export const EXPORT_FORMATS = [
  'text',
  'nginx-deny',
  'nginx-geo',
  'apache',
  'haproxy-map',
  'ipset',
  'nftables',
  'csv',
  'jsonl',
  'stix',
] as const satisfies readonly ExportFormat[]
