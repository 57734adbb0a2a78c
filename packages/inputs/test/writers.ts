import type { FormatName } from '../src/formats/format-names.js'

/** Whom every line is about. */
export const PEER = '198.51.100.7'

/** How a program writes a log in which a client's text stands wherever it may. */
export interface Writer {
  readonly name: string
  readonly format: FormatName
  /** The text decides what kind of attack it is, or whether it can be read at all. */
  readonly textMatters?: true
  /** Of the formats that need one. */
  readonly mapping?: object
  write(text: string): string
}

const TIME = '2026-11-28T00:00:00.000000Z'
const json = (...records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')
const times = <T>(count: number, one: T) => Array.from({ length: count }, () => one)
/** A header's value has no line end. */
const header = (text: string) => text.replace(/[\r\n\0]/g, ' ')
/** As nginx, Apache and ModSecurity write what is no plain text. */
const escaped = (text: string) =>
  text.replace(/["\\]|\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
/** Go's `%q`. */
const quoted = (text: string) => JSON.stringify(text.toWellFormed()).replace(/\p{C}/gu, '\\x00')

const cowrie = (eventid: string, more: object) => ({
  ...{ session: '4d5ee2cdfae1', protocol: 'ssh', src_ip: PEER, src_port: 1, dst_ip: '192.0.2.1', dst_port: 22 },
  ...{ ...more, eventid, timestamp: TIME },
})
const opencanary = (text: string) => ({
  ...{ dst_host: '192.0.2.1', logtype: 4002, src_host: PEER, utc_time: '2026-11-28 00:00:00.000000' },
  logdata: { USERNAME: text, PASSWORD: text, REMOTEVERSION: text, USERAGENT: text },
})
const ruleOf = (text: string) =>
  `ModSecurity: Warning. Matched x (Value: \`${escaped(text)}' ) [file "a.conf"] [line "1"] [id "930100"] [rev ""] [msg "m"] [data "${escaped(text)}"] [severity "2"] [ver "x"] [tag "attack-lfi"] [hostname "h"] [uri "/${escaped(text)}"] [unique_id "179582647.1"]`

const MAPPING = { source: 'ip', time: 'at', scenario: 'acme/scan' }

export const WRITERS: readonly Writer[] = [
  {
    name: 'Cowrie',
    format: 'cowrie',
    write: (text) =>
      json(
        cowrie('cowrie.client.version', { version: text }),
        ...times(6, cowrie('cowrie.login.failed', { username: text, password: text, message: text })),
        cowrie('cowrie.command.input', { input: text, message: text }),
        cowrie('cowrie.direct-tcpip.request', { dst_ip: text, dst_port: text, orig_ip: text }),
      ),
  },
  {
    name: 'Cowrie’s text log, whose continued lines are indented',
    format: 'cowrie',
    write: (text) =>
      times(6, '')
        .map(() =>
          [
            `2026-11-28T00:00:00+0000 [cowrie.ssh.factory.CowrieSSHFactory] New connection: ${PEER}:1 (192.0.2.1:22) [session: 3e5a9212]`,
            `2026-11-28T00:00:00+0000 [HoneyPotSSHTransport,1,${PEER}] CMD: ${text.replaceAll('\n', '\n\t')}`,
            '',
          ].join('\n'),
        )
        .join(''),
  },
  { name: 'OpenCanary', format: 'opencanary', write: (text) => json(...times(6, opencanary(text))) },
  {
    name: 'OpenCanary through syslog',
    format: 'opencanary',
    write: (text) =>
      times(6, `Nov 28 00:00:00 host opencanaryd[1:2]: n WARNING ${JSON.stringify(opencanary(text))}\n`).join(''),
  },
  {
    name: 'sshesame',
    format: 'sshesame',
    write: (text) =>
      [
        ...times(4, `authentication for user ${quoted(text)} with password ${quoted(text)} accepted`),
        `connection with client version ${quoted(text)} established`,
        `[channel 1] command ${quoted(text)} requested`,
      ]
        .map((message) => `2026/11/28 00:00:00 [${PEER}:5] ${message}\n`)
        .join(''),
  },
  {
    name: 'sshesame as JSON',
    format: 'sshesame',
    write: (text) =>
      json(
        ...times(4, {
          ...{ time: TIME, source: `${PEER}:5`, event_type: 'password_auth' },
          event: { user: text, password: text },
        }),
        { time: TIME, source: `${PEER}:5`, event_type: 'exec', event: { command: text } },
      ),
  },
  {
    name: 'Suricata',
    format: 'suricata',
    write: (text) =>
      json({
        ...{ timestamp: TIME, event_type: 'alert', proto: 'TCP', src_ip: PEER, dest_ip: '192.0.2.1', dest_port: 80 },
        alert: { gid: 1, signature_id: 1, signature: 'ET EXPLOIT x', severity: 1, metadata: {} },
        http: { hostname: text, url: text, http_user_agent: text, http_method: text, xff: text },
        ...{ payload_printable: text, sip: { uri: text } },
      }),
  },
  {
    name: 'ModSecurity 3 as JSON',
    format: 'modsecurity',
    write: (text) =>
      json({
        transaction: {
          ...{ client_ip: PEER, time_stamp: 'Sat Nov 28 00:00:00 2026', unique_id: '1' },
          request: { method: text, uri: text, body: text, headers: { 'X-Forwarded-For': text, Cookie: text } },
          messages: [{ message: 'm', details: { ruleId: '930100', severity: '2', match: text, data: text, tags: [] } }],
        },
      }),
  },
  {
    name: 'ModSecurity in parts',
    format: 'modsecurity',
    write: (text) =>
      [
        '---Qr7defTx---A--',
        `[28/Nov/2026:00:00:00 +0000] 179582647457.788521 ${PEER} 33000 192.0.2.1 81`,
        '---Qr7defTx---B--',
        `POST /${escaped(text)} HTTP/1.1`,
        `X-Forwarded-For: ${header(text)}`,
        '---Qr7defTx---C--',
        text,
        '---Qr7defTx---H--',
        ruleOf(text),
        '---Qr7defTx---Z--\n\n',
      ].join('\n'),
  },
  {
    name: 'ModSecurity in Apache’s error log',
    format: 'modsecurity',
    textMatters: true,
    write: (text) =>
      `[Sat Nov 28 00:00:00.000000 2026] [:error] [pid 1:tid 2] [client ${PEER}:1] [client ${PEER}] ${ruleOf(text)}\n`,
  },
  {
    name: 'ModSecurity in nginx’s error log',
    format: 'modsecurity',
    textMatters: true,
    write: (text) =>
      `2026/11/28 00:00:00 [info] 1#1: *1 ${ruleOf(text)} [ref ""], client: ${PEER}, server: _, request: "GET /${escaped(text)} HTTP/1.1", host: "${header(text)}"\n`,
  },
  {
    name: 'nginx as JSON',
    format: 'access-log',
    write: (text) =>
      json(
        ...times(6, {
          ...{ time: TIME, remote_addr: PEER, remote_user: 'x', request_method: 'GET', request_uri: '/', status: 401 },
          ...{ http_user_agent: text, http_x_forwarded_for: text, host: text, http_referer: text },
        }),
      ),
  },
  {
    name: 'Caddy',
    format: 'access-log',
    textMatters: true,
    write: (text) =>
      json(
        ...times(6, {
          ...{ ts: 1_795_824_000, logger: 'http.log.access', status: 404, user_id: text, resp_headers: {} },
          request: {
            ...{ remote_ip: PEER, client_ip: PEER, method: text, uri: text, host: text },
            headers: { 'User-Agent': [text], 'X-Forwarded-For': [text] },
          },
        }),
      ),
  },
  {
    name: 'Traefik',
    format: 'access-log',
    textMatters: true,
    write: (text) =>
      json(
        ...times(6, {
          ...{ ClientAddr: `${PEER}:1`, ClientHost: text, DownstreamStatus: 404, RequestMethod: text },
          ...{ RequestPath: text, StartUTC: TIME, 'request_User-Agent': text, RequestHost: text },
        }),
      ),
  },
  {
    name: 'the combined format',
    format: 'access-log',
    textMatters: true,
    write: (text) =>
      times(
        12,
        `${PEER} - ${escaped(text)} [28/Nov/2026:00:00:00 +0000] "GET /${escaped(text)} HTTP/1.1" 404 1 "${escaped(text)}" "${escaped(text)}"\n`,
      ).join(''),
  },
  {
    name: 'nginx’s error log',
    format: 'nginx-error',
    textMatters: true,
    write: (text) =>
      times(
        6,
        `2026/11/28 00:00:00 [error] 1#1: *1 open() "/srv/${text}" failed (2: No such file or directory), client: ${PEER}, server: _, request: "GET /${encodeURIComponent(text.toWellFormed())} HTTP/1.1", host: "h"\n`,
      ).join(''),
  },
  {
    name: 'Apache’s error log',
    format: 'apache-error',
    textMatters: true,
    write: (text) =>
      times(
        6,
        `[Sat Nov 28 00:00:00.000000 2026] [auth_basic:error] [pid 7:tid 9] [client ${PEER}:1] AH01617: user ${escaped(text)}: authentication failure for "/${escaped(text)}": Password Mismatch, referer: ${escaped(text)}\n`,
      ).join(''),
  },
  {
    name: 'sshd',
    format: 'sshd',
    textMatters: true,
    write: (text) =>
      times(
        6,
        `Nov 28 00:00:00 host sshd[7]: Failed password for invalid user ${escaped(text).slice(0, 100)} from ${PEER} port 1 ssh2\n`,
      ).join(''),
  },
  {
    name: 'an engine’s alert',
    format: 'crowdsec',
    write: (text) =>
      json({
        ...{ message: text, scenario: 'crowdsecurity/ssh-bf', start_at: TIME, stop_at: TIME },
        events: [{ meta: [{ key: 'service', value: text }] }, { meta: [{ key: text, value: text }] }],
        source: { scope: 'Ip', value: PEER, as_name: text },
        meta: [{ key: 'target_uri', value: text }],
        labels: { [text]: text },
      }),
  },
  {
    name: 'Wazuh',
    format: 'wazuh',
    write: (text) =>
      json({
        ...{ full_log: text, previous_output: text, timestamp: '2026-11-28T00:00:00.000+0000' },
        rule: { level: 10, groups: ['sshd', 'authentication_failures'] },
        data: { srcuser: text, dstuser: text, url: text, srcip: PEER, id: text },
      }),
  },
  {
    name: 'JSON lines',
    format: 'jsonl',
    mapping: { ...MAPPING, context: { user_agent: 'text', a: 'deep.text' } },
    write: (text) => json({ text, ip: PEER, at: TIME, deep: { text, ip: text }, [`x${text}`]: text }),
  },
  {
    name: 'CSV',
    format: 'csv',
    mapping: { ...MAPPING, context: { user_agent: 'text' }, columns: ['text', 'ip', 'at', 'more'] },
    write: (text) => `"${text.replaceAll('"', '""')}",${PEER},${TIME},"${text.replaceAll('"', '""')}"\n`,
  },
]
