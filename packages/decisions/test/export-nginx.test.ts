import type { ExportFormat } from '../src/export/index.js'
import type { DecisionSet } from '../src/index.js'
import { exported, fromGuide } from './exported-sample.js'
import { startWebServer, type WebServer } from './web-server.js'
import { webServerCases } from './web-server-cases.js'

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

webServerCases('nginx', startNginx, {
  'nginx-deny': { ban: 403 },
  'nginx-geo': { ban: 403, captcha: 429 },
})
