import { describe, expect, test } from 'vitest'
import type { ExportFormat } from '../src/export/index.js'
import type { DecisionSet } from '../src/index.js'
import { exported, fromGuide, largeSet, probes, sampleSet, wholeSet } from './exported-sample.js'
import { startWebServer, type WebServer } from './web-server.js'

const NGINX = { names: ['nginx'], packages: ['nginx'], path: 'usr/sbin/nginx' }

async function startNginx(set: DecisionSet, format: ExportFormat): Promise<WebServer> {
  const file = `cscapi-${format === 'nginx-geo' ? 'geo' : 'deny'}.conf`
  return startWebServer({
    program: NGINX,
    files: { [file]: await exported(set, { format }) },
    configuration: ({ folder, port }) => {
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((use) => `${use}_temp_path temporary;`)
      const guide = fromGuide(file)
        .replaceAll('/etc/nginx', folder)
        .replace('/var/www/html', `${folder}/www`)
        .replace('listen 80', `listen 127.0.0.1:${port}`)
      return `daemon off; pid nginx.pid; error_log stderr;
events {}
http {
  ${temporary.join('\n  ')}
  access_log off;
  set_real_ip_from 127.0.0.1;
  real_ip_header X-Client;
  ${guide}
}
`
    },
    check: ({ folder }) => ['-t', '-e', 'stderr', '-p', folder, '-c', `${folder}/server.conf`],
    run: ({ folder }) => ['-e', 'stderr', '-p', folder, '-c', `${folder}/server.conf`],
  })
}

describe('nginx', () => {
  test.each([
    ['nginx-deny', { ban: 403 }],
    ['nginx-geo', { ban: 403, captcha: 429 }],
  ] as const)(
    'with %s, as the guide includes it, answers every address as check says',
    async (format, answers) => {
      const set = await sampleSet()
      const nginx = await startNginx(set, format)
      const statuses = await Promise.all(probes.map((ip) => nginx.status(ip)))
      await nginx.stop()
      const expected = probes.map((ip) => new Map(Object.entries(answers)).get(set.check(ip)?.remediation ?? '') ?? 200)
      expect(statuses).toEqual(expected)
      expect(new Set(statuses).size).toBeGreaterThan(1)
    },
    120_000,
  )

  test.each(['nginx-deny', 'nginx-geo'] as const)(
    'takes %s with 49,152 networks',
    async (format) => {
      const nginx = await startNginx(await largeSet(), format)
      expect([await nginx.status('198.18.3.4'), await nginx.status('198.18.3.5')]).toEqual([403, 200])
      expect([await nginx.status('2001:db8:7::4'), await nginx.status('2001:db8:7::5')]).toEqual([403, 200])
      await nginx.stop()
    },
    120_000,
  )

  test.each(['nginx-deny', 'nginx-geo'] as const)(
    'takes %s with the whole of both families',
    async (format) => {
      const nginx = await startNginx(await wholeSet(), format)
      expect(await Promise.all(probes.map((ip) => nginx.status(ip)))).toEqual(probes.map(() => 403))
      await nginx.stop()
    },
    120_000,
  )
})
