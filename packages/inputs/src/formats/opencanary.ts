import { lazily, parseTimestamp } from '@cscapi/signals'
import * as z from 'zod'
import { SYSLOG_TIME } from '../logs/syslog-time.js'
import { withoutQuery } from './details.js'
import type { InputFormat, ReadContext, Reading } from './format.js'
import { readJsonRecord, text } from './json-record.js'
import { OPENCANARY_LOGTYPES, openCanaryAttacks } from './opencanary-services.js'

const recordSchema = lazily(() =>
  z.object({
    logtype: z.coerce.number(),
    utc_time: text(),
    local_time: text(),
    src_host: text(),
    src_port: text(),
    logdata: z
      .object({
        USERNAME: text(),
        UserName: text(),
        username: text(),
        PASSWORD: text(),
        Password: text(),
        USER: text(),
        PATH: text(),
        USERAGENT: text(),
        REMOTEVERSION: text(),
        CMD: text(),
        REPO: text(),
        action: text(),
      })
      .catch({}),
  }),
)
type OpenCanaryRecord = z.output<ReturnType<typeof recordSchema>>

/** What its webhook posts holds the record as text. */
const WEBHOOK = lazily(() => z.object({ message: z.string() }))

/** In front of the record, where syslog has it: the program's name stands behind the host's. */
const SYSLOG = new RegExp(
  `^(?:<\\d{1,3}>)?(?:(?:${SYSLOG_TIME}) [^\\s[\\]]*[^\\s:[\\]] )?opencanaryd\\[ *\\d+ *:\\d+\\]: \\S+ [A-Z]+ +(?<json>\\{.*)$`,
  's',
)

/** Logins at OpenCanary, and requests of its other services over TCP. */
export const opencanary: InputFormat = {
  longestLine: 524_288,
  attacks: openCanaryAttacks,
  open: (context) => ({ read: (line) => readLine(line, context) }),
}

function readLine(line: string, context: ReadContext): readonly Reading[] | undefined {
  const json = line.startsWith('{') ? line : SYSLOG.exec(line)?.groups?.json
  if (json === undefined) return undefined
  const post = readJsonRecord(json, WEBHOOK())
  const record = readJsonRecord(typeof post === 'string' ? json : post.message, recordSchema())
  return typeof record === 'string' ? [{ refused: record }] : readRecord(record, context)
}

function readRecord(record: OpenCanaryRecord, context: ReadContext): readonly Reading[] {
  const attack = OPENCANARY_LOGTYPES.get(record.logtype)
  const { logdata, src_host = '', src_port } = record
  if (attack === undefined || (attack === 'mongodb' && logdata.action !== 'mongodb.auth_attempt')) return []
  // Both are UTC, the one called local too, which is all that old versions write.
  const at = parseTimestamp(record.utc_time ?? record.local_time ?? '')?.ms
  if (at === undefined) return [{ refused: 'its utc_time is none' }]
  const distinct = attack === 'rdp' ? src_port : attack === 'http-request' ? logdata.PATH : undefined
  return [
    {
      event: {
        ...{ attack, address: src_host, at },
        ...(distinct !== undefined && { distinct }),
        details: detailsOf(attack, logdata, context),
      },
    },
  ]
}

function detailsOf(
  service: string,
  logdata: OpenCanaryRecord['logdata'],
  { include }: ReadContext,
): Record<string, string | undefined> {
  const { PATH, USERAGENT, REMOTEVERSION, CMD, REPO } = logdata
  return {
    service: service.replace(/-(?:login|request)$/, ''),
    // At Redis the name of a command only: what it is given may be a password.
    target_user: logdata.USERNAME ?? logdata.UserName ?? logdata.username ?? logdata.USER,
    target_uri: PATH === undefined ? REPO : withoutQuery(PATH, include),
    user_agent: USERAGENT === '<not supplied>' ? undefined : (USERAGENT ?? REMOTEVERSION),
    ...(include.has('passwords') && { password: logdata.PASSWORD ?? logdata.Password }),
    ...(include.has('commands') && { command: CMD }),
  }
}
