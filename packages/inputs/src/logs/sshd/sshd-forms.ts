import type { LogEvent } from '../log-event.js'

/**
 * One form of message in OpenSSH's sources: its own words, what a client chose, and the peer
 * between them.
 */
export interface SshdForm {
  /**
   * What it shows of the peer. An accepted login takes back what its connection failed before; a
   * probe counts if its connection tried nothing else, and an end only if the client went away
   * before it said what it is: everybody's connection ends.
   */
  readonly shows: LogEvent['kind'] | 'accepted' | 'probe' | 'end'
  /** sshd's own words at the beginning. */
  readonly lead: RegExp
  /** Whether text of the client's choice stands between the lead and the peer. */
  readonly isClientBefore: boolean
  /** What joins the peer to what stands before it. */
  readonly joint: string
  /** Whether every version writes the peer's port too. */
  readonly hasPort: boolean
  /** All that may stand behind the peer. */
  readonly after: RegExp
  /**
   * However often a connection writes it, it is one attempt: keys that are offered one after the
   * other, say.
   */
  readonly isOnce: boolean
}

const END = /^(?: \[preauth\])?$/
const REST = /^:(?: |$)/
const PROTOCOL_END = /^ ssh[12]?(?: \[preauth\])?$/
/** The part of sshd that speaks. */
const PART = '(?:banner exchange|[a-z][a-z0-9_]*)'
const USER = '(?:invalid user |illegal user )?'

export const SSHD_FORMS: readonly SshdForm[] = [
  // auth.c, auth_log(): a password has nothing behind it.
  behindClient(
    'ssh-login',
    `Failed (?:password|(?:keyboard-interactive|challenge-response)(?:/[\\w-]+)?) for ${USER}`,
    PROTOCOL_END,
  ),
  { ...behindClient('ssh-login', `Failed none for ${USER}`, PROTOCOL_END), isOnce: true },
  // A key has its fingerprint there, and a certificate the id that the client's certificate bears.
  {
    ...behindClient(
      'ssh-login',
      `Failed publickey for ${USER}`,
      /^ ssh2(?:: (?:[A-Z0-9-]+ \S+|[A-Z0-9-]+-CERT (?:\S+ )?ID .* \(serial \d+\) CA [A-Z0-9-]+ \S+))?$/s,
    ),
    isOnce: true,
  },
  // Other methods have there what they like.
  {
    ...behindClient(
      'ssh-login',
      `Failed (?!password |keyboard-interactive|challenge-response|none |publickey )\\S+ for ${USER}`,
      /^ ssh[12]?(?:$|:)/,
    ),
    isOnce: true,
  },
  behindClient('accepted', `Accepted \\S+ for `, /^ ssh[12]?(?:$|:)/),
  behindClient('ssh-login', `maximum authentication attempts exceeded for ${USER}`, PROTOCOL_END),
  // auth.c, getpwnamallow() and auth_root_allowed().
  behindClient('ssh-login', '(?:Invalid|Illegal) user ', END),
  behindClient('ssh-login', 'User ', /^ not allowed because .*$/s),
  atLead('ssh-login', 'ROOT LOGIN REFUSED FROM ', END),
  // auth-pam.c, and the PAM modules that sshd calls.
  behindClient('ssh-login', "PAM: [\\w' -]*? for (?:illegal user )?", END),
  ...['unix', 'sss', 'ldap', 'krb5', 'winbind', '(?!unix|sss|ldap|krb5|winbind)\\w+'].map((module) =>
    atLead(
      'ssh-login',
      `(?:pam_${module}\\(sshd?[\\w-]*:auth\\): authentication failure;${module === 'unix' ? '|PAM (?<times>\\d{1,9}) more authentication failures?;' : ''}) logname=\\S* uid=\\d* euid=\\d* tty=\\S* ruser=\\S* rhost=`,
      /^(?: +user=.*| *)$/s,
    ),
  ),
  // packet.c, sshpkt_vfatal() and ssh_packet_disconnect(): once a user is named, the name stands
  // before the address.
  ...['Connection closed by', 'Connection reset by', 'Disconnected from'].flatMap((words) => [
    afterName('ssh-login', `${words} `, END),
    atLead('probe', `${words} `, /^ \[preauth\]$/),
    atLead('end', `${words} `, /^$/),
  ]),
  afterName('ssh-login', 'Disconnecting ', REST),
  atLead('probe', 'Received disconnect from ', /^:? ?\d+: .*\[preauth\]$/s),
  atLead('ssh-broken-off', 'Connection from ', /^ timed out(?: \[preauth\])?$/),
  atLead('ssh-broken-off', 'ssh_dispatch_run_fatal: Connection from ', REST),
  afterName('ssh-broken-off', `${PART}: Connection from `, REST),
  atLead('ssh-negotiation', `(?!ssh_dispatch_run_fatal)${PART}: Connection from `, REST),
  atLead('ssh-negotiation', 'Unable to negotiate with ', REST),
  // sshd.c and kex.c.
  atLead(
    'ssh-broken-off',
    'Timeout before authentication for (?:connection from )?',
    /^(?: to \S+, pid = \d+)?(?: \[preauth\])?$/,
  ),
  atLead('ssh-negotiation', 'Did not receive identification string from ', END),
  {
    ...behindClient('ssh-negotiation', "Bad protocol version identification '", END),
    joint: "' from ",
  },
  atLead('ssh-negotiation', 'Protocol major versions differ for ', REST),
  atLead('ssh-negotiation', 'Magic value check failed \\(\\d+\\) on obfuscated handshake from ', END),
  atLead('ssh-refused', 'drop connection #\\d+ from \\[', /^\]:\d+ on \[[^\]]*\]:\d+,? penalty: .*$/s),
  // TCP wrappers, in sshd's name.
  { ...behindClient('ssh-refused', 'refused connect from ', /^\)$/), joint: ' (' },
]

function atLead(shows: SshdForm['shows'], lead: string, after: RegExp): SshdForm {
  const at = new RegExp(`^${lead}`)
  return { shows, lead: at, isClientBefore: false, joint: '', hasPort: false, after, isOnce: false }
}

function behindClient(shows: SshdForm['shows'], lead: string, after: RegExp): SshdForm {
  return { ...atLead(shows, lead, after), isClientBefore: true, joint: ' from ' }
}

function afterName(shows: SshdForm['shows'], words: string, after: RegExp): SshdForm {
  const form = behindClient(shows, `${words}(?:authenticating|invalid) user `, after)
  return { ...form, joint: ' ', hasPort: true }
}
