import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Binary } from '@cscapi/test-servers'
import type { DecisionSet } from '../src/index.js'
import { exported, fromGuide } from './exported-sample.js'
import { startWebServer, type WebServer } from './web-server.js'
import { webServerCases } from './web-server-cases.js'

const APACHE = { names: ['apache2', 'httpd'], packages: ['apache2-bin'], path: 'usr/sbin/apache2' }

/**
 * Beside the program: Debian and its relatives have them in `lib`, Red Hat and its relatives in
 * `lib64`.
 */
function modulesOf({ command }: Binary): string {
  const folders = ['lib/apache2/modules', 'lib64/httpd/modules'].map((path) => join(dirname(command), '..', path))
  const found = folders.find((folder) => existsSync(folder))
  if (found === undefined) throw new Error(`Apache's modules are in none of ${folders.join(', ')}`)
  return found
}

/** What some builds have within and others as a module. */
const MODULES = ['mpm_event', 'unixd', 'authz_core', 'authz_host', 'remoteip', 'dir']

async function startApache(set: DecisionSet): Promise<WebServer> {
  const file = 'cscapi.conf'
  return startWebServer({
    program: APACHE,
    files: { [file]: await exported(set, { format: 'apache' }) },
    configuration: ({ folder, port, binary }) => {
      const modules = modulesOf(binary)
      const load = MODULES.filter((name) => existsSync(join(modules, `mod_${name}.so`))).map(
        (name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`,
      )
      return `ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/apache.pid
ErrorLog /dev/stderr
Listen 127.0.0.1:${port}
${load.join('\n')}
User #65534
Group #65534
DocumentRoot ${folder}/www
DirectoryIndex index.html
RemoteIPHeader X-Client
RemoteIPInternalProxy 127.0.0.1
${fromGuide(`/etc/apache2/${file}`).replaceAll('/etc/apache2', folder)}
`
    },
    check: ({ folder }) => ['-t', '-f', `${folder}/server.conf`],
    run: ({ folder }) => ['-DFOREGROUND', '-f', `${folder}/server.conf`],
  })
}

webServerCases('Apache', startApache, { apache: { ban: 403 } })
