import { type AttackRule, ONE_EVENT } from '../attacks/attack-rule.js'
import { LOGINS } from './login-rules.js'

/** What an address does at a service that OpenCanary plays, by the name that its events bear. */
export const openCanaryAttacks = {
  ftp: { scenario: 'crowdsecurity/vsftpd-bf', ...LOGINS },
  'http-login': { scenario: 'crowdsecurity/http-generic-bf', ...LOGINS },
  'http-request': { scenario: 'crowdsecurity/http-probing', capacity: 10, leakMs: 10_000, distinct: true },
  ssh: { scenario: 'crowdsecurity/ssh-bf', ...LOGINS },
  smb: { scenario: 'cscapi/smb-honeypot', ...LOGINS },
  telnet: { scenario: 'crowdsecurity/telnet-bf', ...LOGINS },
  'http-proxy': { scenario: 'crowdsecurity/http-open-proxy', ...ONE_EVENT },
  mysql: { scenario: 'crowdsecurity/mysql-bf', ...LOGINS },
  mssql: { scenario: 'crowdsecurity/mssql-bf', ...LOGINS },
  mongodb: { scenario: 'timokoessler/mongodb-bf', capacity: 5, leakMs: 20_000 },
  // It logs each packet of a connection.
  rdp: { scenario: 'crowdsecurity/windows-bf', ...LOGINS, distinct: true },
  vnc: { scenario: 'cscapi/vnc-bf', ...LOGINS },
  git: { scenario: 'cscapi/git-honeypot', ...LOGINS },
  redis: { scenario: 'cscapi/redis-honeypot', ...LOGINS },
  'tcp-banner': { scenario: 'cscapi/tcp-honeypot', ...LOGINS },
} satisfies Record<string, AttackRule>

/**
 * What each `logtype` tells of. What is not here is none of an attacker's doing, or proves nothing
 * about who sent it: UDP (TFTP, NTP, SNMP, SIP) and single packets (port scans) bear any address,
 * and the answers to LLMNR come from neighbours.
 */
export const OPENCANARY_LOGTYPES: ReadonlyMap<number, keyof typeof openCanaryAttacks> = new Map([
  [2000, 'ftp'],
  [3000, 'http-request'],
  [3001, 'http-login'],
  [3002, 'http-request'],
  [3003, 'http-request'],
  [4002, 'ssh'],
  [5000, 'smb'],
  [6001, 'telnet'],
  [7001, 'http-proxy'],
  [8001, 'mysql'],
  [9001, 'mssql'],
  [9002, 'mssql'],
  [12001, 'vnc'],
  [14001, 'rdp'],
  [16001, 'git'],
  [17001, 'redis'],
  [18001, 'tcp-banner'],
  [18002, 'tcp-banner'],
  [18003, 'tcp-banner'],
  [18004, 'tcp-banner'],
  [18005, 'tcp-banner'],
  [20001, 'mongodb'],
])
