import { describe, expect, test } from 'vitest'
import type { ExportFormat } from '../src/export/index.js'
import type { DecisionSet } from '../src/index.js'
import { exported, fromGuide, largeSet, probes, sampleSet, wholeSet } from './exported-sample.js'
import { startWebServer, type WebServer } from './web-server.js'

const HAPROXY = { names: ['haproxy'], packages: ['haproxy'], path: 'usr/sbin/haproxy' }

async function startHaproxy(set: DecisionSet, format: ExportFormat): Promise<WebServer> {
  const file = format === 'haproxy-map' ? 'cscapi.map' : 'cscapi.txt'
  return startWebServer({
    program: HAPROXY,
    files: { [file]: await exported(set, { format }) },
    configuration: ({ folder, port }) => {
      const guide = fromGuide(`/etc/haproxy/${file}`)
        .replaceAll('/etc/haproxy', folder)
        .replace('bind :80', `bind 127.0.0.1:${port}\n  http-request set-src req.hdr(x-client)`)
      return `global
  maxconn 100
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
${guide}
backend app
  http-request return status 200
`
    },
    check: ({ folder }) => ['-c', '-f', `${folder}/server.conf`],
    run: ({ folder }) => ['-db', '-f', `${folder}/server.conf`],
  })
}

describe('HAProxy', () => {
  test.each([
    ['text', { ban: 403 }],
    ['haproxy-map', { ban: 403, captcha: 429 }],
  ] as const)(
    'with %s, as the guide names it, answers every address as check says',
    async (format, answers) => {
      const set = await sampleSet()
      const haproxy = await startHaproxy(set, format)
      const statuses = await Promise.all(probes.map((ip) => haproxy.status(ip)))
      await haproxy.stop()
      const expected = probes.map((ip) => new Map(Object.entries(answers)).get(set.check(ip)?.remediation ?? '') ?? 200)
      expect(statuses).toEqual(expected)
      expect(new Set(statuses).size).toBeGreaterThan(1)
    },
    120_000,
  )

  test.each(['text', 'haproxy-map'] as const)(
    'takes %s with 49,152 networks',
    async (format) => {
      const haproxy = await startHaproxy(await largeSet(), format)
      expect([await haproxy.status('198.18.3.4'), await haproxy.status('198.18.3.5')]).toEqual([403, 200])
      expect([await haproxy.status('2001:db8:7::4'), await haproxy.status('2001:db8:7::5')]).toEqual([403, 200])
      await haproxy.stop()
    },
    120_000,
  )

  test.each(['text', 'haproxy-map'] as const)(
    'takes %s with the whole of both families',
    async (format) => {
      const haproxy = await startHaproxy(await wholeSet(), format)
      expect(await Promise.all(probes.map((ip) => haproxy.status(ip)))).toEqual(probes.map(() => 403))
      await haproxy.stop()
    },
    120_000,
  )
})
