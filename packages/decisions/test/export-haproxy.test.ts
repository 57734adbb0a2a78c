import type { ExportFormat } from '../src/export/index.js'
import type { DecisionSet } from '../src/index.js'
import { exported, fromGuide } from './exported-sample.js'
import { startWebServer, type WebServer } from './web-server.js'
import { webServerCases } from './web-server-cases.js'

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

webServerCases('HAProxy', startHaproxy, {
  text: { ban: 403 },
  'haproxy-map': { ban: 403, captcha: 429 },
})
