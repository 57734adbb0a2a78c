import { parseAddress } from '@cscapi/signals'
import { SSHD_FORMS, type SshdForm } from './sshd-forms.js'

/** What one message of sshd tells about its peer. */
export interface SshdSighting {
  readonly form: SshdForm
  /** `undefined` where a name stands in its place, which is nobody's address. */
  readonly address: string | undefined
  readonly port: string | undefined
  readonly user: string
  /** How many attempts it tells of. */
  readonly times: number
}

/**
 * A message may tell of nothing, or be written so that it can be read in two ways: then nobody is
 * named.
 */
export type SshdMessage = SshdSighting | 'nothing' | 'ambiguous'

/** The level that a message bears where it is no mere information. */
const LEVEL = /^(?:(?:error|fatal): )+/
/** An address, or what sshd writes in its place: a name, `UNKNOWN`, an address with a zone. */
const PEER = /([^\s[\]()]*[^\s[\]():])(?: port (\d{1,5})(?!\d))?/y

/**
 * Reads a message of OpenSSH's server. User names, certificates' ids and disconnect texts are the
 * client's, and may hold the words of any form; so every way is tried in which the message can be
 * read, and it names a peer only if all of them name the same one.
 */
export function readSshdMessage(text: string): SshdMessage {
  const message = text.replace(LEVEL, '').trimEnd()
  let found: SshdSighting | undefined
  for (const form of SSHD_FORMS) {
    const lead = form.lead.exec(message)
    if (lead === null) continue
    for (const sighting of sightings(message, form, lead)) {
      if (form.isClientBefore && mayBeCut(text)) return 'ambiguous'
      if (found !== undefined && (found.address !== sighting.address || found.port !== sighting.port))
        return 'ambiguous'
      found ??= sighting
    }
  }
  return found ?? 'nothing'
}

/** Every place where the peer can stand. */
function* sightings(message: string, form: SshdForm, lead: RegExpExecArray): Generator<SshdSighting> {
  const begin = lead[0].length
  const times = Number(lead.groups?.times ?? 1)
  let joint = form.isClientBefore ? message.indexOf(form.joint, begin) : begin
  while (joint >= 0) {
    PEER.lastIndex = joint + form.joint.length
    const [peer = '', name = '', port] = PEER.exec(message) ?? []
    if (name !== '' && !(form.hasPort && port === undefined)) {
      const rest = message.slice(joint + form.joint.length + peer.length)
      if (form.after.test(rest)) {
        const user = form.isClientBefore ? message.slice(begin, joint) : (/^ +user=(.*)$/s.exec(rest)?.[1] ?? '')
        yield { form, address: addressOf(name), port, user, times }
      }
    }
    if (!form.isClientBefore) return
    joint = message.indexOf(form.joint, joint + 1)
  }
}

/** sshd writes addresses, never networks. */
function addressOf(text: string): string | undefined {
  const address = text.includes('/') ? undefined : parseAddress(text)
  return address?.scope === 'Ip' ? address.value : undefined
}

/**
 * Whether this may be the beginning of a longer message, which the client cut behind what looks
 * like the peer: sshd hands 500 bytes to syslog, at most 1,023 to its standard error, and relays
 * pass on lines of 1,024. It bounds what it takes of a client's text to 100 or 200 bytes, so that
 * only bytes that it writes as `\ooo` make a message as long as that.
 */
function mayBeCut(text: string): boolean {
  const bytes = Buffer.byteLength(text)
  return text.includes('\\') && (bytes === 500 || (bytes >= 900 && bytes <= 1_024))
}
