import type { FormatName } from '@cscapi/inputs/on-demand'

/** A program that people run: where it usually writes, and what its log can show. */
export interface Program {
  readonly format: FormatName
  readonly label: string
  readonly file: string
  readonly scenarios: readonly string[]
}

const WEB = ['crowdsecurity/http-probing', 'crowdsecurity/http-generic-bf', 'crowdsecurity/http-bad-user-agent']

/** In the order that they are offered in. */
export const PROGRAMS: readonly Program[] = [
  {
    format: 'cowrie',
    label: 'Cowrie, an SSH and Telnet honeypot',
    file: '/home/cowrie/cowrie/var/log/cowrie/cowrie.json',
    scenarios: ['crowdsecurity/ssh-bf', 'crowdsecurity/ssh-slow-bf', 'crowdsecurity/telnet-bf', 'thespad/sshesame-cmd'],
  },
  {
    format: 'opencanary',
    label: 'OpenCanary, a honeypot of many services',
    file: '/var/tmp/opencanary.log',
    scenarios: [
      'crowdsecurity/ssh-bf',
      'crowdsecurity/telnet-bf',
      'crowdsecurity/mysql-bf',
      'crowdsecurity/http-generic-bf',
    ],
  },
  {
    format: 'endlessh',
    label: 'endlessh, an SSH tarpit',
    file: '/var/log/endlessh.log',
    scenarios: ['crowdsecurity/endlessh-bf'],
  },
  {
    format: 'sshesame',
    label: 'sshesame, an SSH honeypot',
    file: '/var/log/sshesame.log',
    scenarios: ['thespad/sshesame-bf', 'thespad/sshesame-cmd', 'thespad/sshesame-input'],
  },
  {
    format: 'sshd',
    label: 'OpenSSH',
    file: '/var/log/auth.log',
    scenarios: ['crowdsecurity/ssh-bf', 'crowdsecurity/ssh-slow-bf'],
  },
  { format: 'access-log', label: 'a web server, by its access log', file: '/var/log/nginx/access.log', scenarios: WEB },
  { format: 'fail2ban', label: 'fail2ban', file: '/var/log/fail2ban.log', scenarios: ['crowdsecurity/ssh-bf', ...WEB] },
  {
    format: 'suricata',
    label: 'Suricata',
    file: '/var/log/suricata/eve.json',
    scenarios: ['crowdsecurity/suricata-major-severity', 'crowdsecurity/suricata-high-medium-severity'],
  },
  {
    format: 'modsecurity',
    label: 'ModSecurity or Coraza',
    file: '/var/log/modsec_audit.log',
    scenarios: ['crowdsecurity/modsecurity'],
  },
  {
    format: 'wazuh',
    label: 'Wazuh',
    file: '/var/ossec/logs/alerts/alerts.json',
    scenarios: ['crowdsecurity/ssh-bf', ...WEB],
  },
]

/** What is sent where no input says what is detected: programs that call `cscapi add`. */
const OTHER_SCENARIOS = ['crowdsecurity/ssh-bf']

/** What the logs of these formats can show, each once. */
export function scenariosOf(formats: readonly string[]): string[] {
  const found = PROGRAMS.filter(({ format }) => formats.includes(format)).flatMap(({ scenarios }) => scenarios)
  return [...new Set(found.length > 0 ? found : OTHER_SCENARIOS)]
}
