import { describe, expect, test } from 'vitest'
import { exported, linesOf, setOf, small } from '../../test/exported-lists.js'
import type { ExportReport } from './index.js'

describe('csv', () => {
  test('has a header, every scope, and quotes', async () => {
    const set = await small()
    expect(await exported(set, { format: 'csv', remediations: ['captcha', 'ban'] })).toBe(
      [
        '"value","scope","remediation","reason","origin","expiresAt"',
        '"192.0.2.4","Ip","captcha","list-2","lists:list-2","2026-01-02T00:00:00.000Z"',
        '"198.51.100.7","Ip","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"203.0.113.0/25","Range","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"203.0.113.128/25","Range","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"2001:db8::1","Ip","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"2001:db8:1::/48","Range","captcha","list-2","lists:list-2","2026-01-02T00:00:00.000Z"',
        '"xx","Country","ban","list-3","lists:list-3","2026-01-02T00:00:00.000Z"',
        '',
      ].join('\r\n'),
    )
  })

  test.each(['=1+1', '+1', '-1', '@sum', ' =1', '\t1', '\r1', '\uff1d1'])(
    'a cell that begins with %j is no formula',
    async (name) => {
      const set = await setOf({ name, values: ['192.0.2.4'] })
      expect(await exported(set, { format: 'csv' })).toContain(`"'${name}"`)
    },
  )

  test('a family excludes other scopes, and the report says so', async () => {
    const reports: ExportReport[] = []
    const onReport = (report: ExportReport) => reports.push(report)
    expect(await linesOf(await small(), { format: 'csv', family: 6, onReport })).toHaveLength(3)
    expect(reports).toEqual([{ written: 2, leftOut: 0, otherScopes: 1 }])
  })
})
