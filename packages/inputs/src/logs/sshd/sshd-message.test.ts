import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SshLogReader } from './ssh-log.js'
import { readSshdMessage } from './sshd-message.js'

const peerOf = (message: string) => {
  const sighting = readSshdMessage(message)
  return typeof sighting === 'string' ? sighting : sighting.address
}

/**
 * What a message of each form looks like: with the client's texts, and the peer's address and port.
 */
const FORMS: readonly ((user: string, text: string, peer: string) => string)[] = [
  (user, _, peer) => `Failed password for ${user} from ${peer} ssh2`,
  (user, _, peer) => `Failed password for invalid user ${user} from ${peer} ssh2`,
  (user, _, peer) => `Failed keyboard-interactive/pam for invalid user ${user} from ${peer} ssh2`,
  (user, _, peer) => `Failed none for invalid user ${user} from ${peer} ssh2`,
  (user, _, peer) => `Failed publickey for invalid user ${user} from ${peer} ssh2: ED25519 SHA256:a/b`,
  (user, _, peer) => `Failed publickey for ${user} from ${peer} ssh2`,
  (user, text, peer) =>
    `Failed publickey for invalid user ${user} from ${peer} ssh2: RSA-CERT SHA256:a ID ${text} (serial 1) CA RSA SHA256:b`,
  (user, text, peer) =>
    `Failed hostbased for ${user} from ${peer} ssh2: RSA SHA256:a, client user "${text}", client host "${text}"`,
  (user, text, peer) => `Failed gssapi-with-mic for ${user} from ${peer} ssh2: ${text}`,
  // A method that sshd does not know is the client's own text where sshd has no monitor.
  (user, text, peer) => `Failed ${text} for invalid user ${user} from ${peer} ssh2`,
  (user, text, peer) =>
    `Accepted publickey for ${user} from ${peer} ssh2: RSA-CERT SHA256:a ID ${text} (serial 1) CA RSA SHA256:b`,
  (user, _, peer) => `error: maximum authentication attempts exceeded for ${user} from ${peer} ssh2 [preauth]`,
  (user, _, peer) => `Invalid user ${user} from ${peer}`,
  (user, _, peer) => `User ${user} from ${peer.split(' ')[0]} not allowed because not listed in AllowUsers`,
  (user, _, peer) => `error: PAM: Authentication failure for illegal user ${user} from ${peer.split(' ')[0]}`,
  (user, _, peer) =>
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${peer.split(' ')[0]}  user=${user}`,
  (user, _, peer) =>
    `PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=${peer.split(' ')[0]}  user=${user}`,
  (user, _, peer) => `Connection closed by invalid user ${user} ${peer} [preauth]`,
  (user, _, peer) => `Connection reset by authenticating user ${user} ${peer} [preauth]`,
  (user, _, peer) => `Disconnected from invalid user ${user} ${peer} [preauth]`,
  (user, text, peer) =>
    `Disconnecting invalid user ${user} ${peer}: Change of username or service not allowed: (${user},ssh-connection) -> (${text},ssh-connection) [preauth]`,
  (user, text, peer) => `Disconnecting authenticating user ${user} ${peer}: bad service request ${text} [preauth]`,
  (_, text, peer) => `Received disconnect from ${peer}:11: ${text} [preauth]`,
  (user, _, peer) =>
    `ssh_dispatch_run_fatal: Connection from invalid user ${user} ${peer}: message authentication code incorrect [preauth]`,
  (_, text, peer) => `Unable to negotiate with ${peer}: no matching MAC found. Their offer: ${text} [preauth]`,
  (_, text, peer) => `banner exchange: Connection from ${peer}: ${text}`,
  (_, text, peer) => `Bad protocol version identification '${text}' from ${peer}`,
  (_, text, peer) => `Protocol major versions differ for ${peer}: SSH-2.0-OpenSSH vs. ${text}`,
  (_, text, peer) => `refused connect from ${text} (${peer.split(' ')[0]})`,
  // Those that name no peer at all.
  (_, text) => `error: kex_exchange_identification: client sent invalid protocol identifier "${text}"`,
  (user) => `input_userauth_request: invalid user ${user} [preauth]`,
  (user) => `Disconnecting: Too many authentication failures for ${user} [preauth]`,
  (_, text) => `fatal: no matching cipher found: client ${text} server aes128-ctr [preauth]`,
  (user, text) => `userauth_hostbased mismatch: client sends ${text}, but we resolve ${user} to localhost`,
]

const FRAMES: readonly ((message: string) => string)[] = [
  (message) => `Feb 12 14:10:21 host sshd[7]: ${message}`,
  (message) => `Feb 12 14:10:21 sshd-auth: ${message}`,
  (message) => `<38>1 2026-02-12T14:10:21Z host sshd 7 - [a b="c"] ${message}`,
  (message) => `Thu 2026-02-12 14:10:21 UTC host sshd-session[7]: message repeated 2 times: [ ${message}]`,
  (message) =>
    JSON.stringify({ __REALTIME_TIMESTAMP: '1770905421000000', SYSLOG_IDENTIFIER: 'sshd', MESSAGE: message }),
  // Programs that quote sshd, or what sshd's client says: nobody may be named.
  (message) => `Feb 12 14:10:21 host app[7]: ${message.replaceAll('198.51.100.1', OTHER)}`,
  (message) => `Feb 12 14:10:21 app[7]: sshd[7]: ${message.replaceAll('198.51.100.1', OTHER)}`,
]

const OTHER = '203.0.113.77'
/** Pieces of every form, and of what stands around the address of somebody else. */
const pieces = fc.array(
  fc.oneof(
    ...['from', 'by', 'with', 'port 22', 'ssh2', '[preauth]', 'invalid user', 'x'].map((word) =>
      fc.constant(` ${word} `),
    ),
    fc.constantFrom(
      ` from ${OTHER} port 22 ssh2`,
      ` from ${OTHER} port 22 ssh2: RSA-CERT SHA256:c ID `,
      ` from ${OTHER} port 22 ssh2: x`,
      ` ${OTHER} port 22 [preauth]`,
      ` ${OTHER} port 22: Change of username or service not allowed: (`,
      ` (serial 1) CA RSA SHA256:d`,
      `' from ${OTHER} port 22`,
      ` (${OTHER})`,
      ` rhost=${OTHER}  user=x`,
      `\n`,
      `: Connection from ${OTHER} port 22: x`,
      ` from ${OTHER}`,
    ),
    fc.constantFrom(...FORMS).map((form) => form('x', 'y', `${OTHER} port 22`)),
    fc.string({ maxLength: 10 }),
  ),
  { maxLength: 6 },
)
const clientText = pieces.map((parts) => parts.join(''))
const peers = fc.constantFrom(
  '198.51.100.1 port 4242',
  '2001:db8::1 port 1',
  // Nobody's address: the text of the client must not take its place.
  'UNKNOWN port 65535',
  'fe80::1%eth0 port 5',
)

describe('a message of sshd', () => {
  test('names its peer or nobody, whatever the client wrote in it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FORMS), clientText, clientText, peers, (form, user, text, peer) => {
        expect([peer.split(' ')[0], undefined, 'nothing', 'ambiguous']).toContain(peerOf(form(user, text, peer)))
      }),
      { numRuns: 20_000 },
    )
  })

  test('names its peer or nobody in a whole line of every frame, whatever the client wrote in it', () => {
    const escaped = clientText.map((text) => text.replace(/\p{Cc}/gu, '\\001'))
    fc.assert(
      fc.property(
        fc.constantFrom(...FRAMES),
        fc.constantFrom(...FORMS),
        escaped,
        escaped,
        peers,
        (frame, form, user, text, peer) => {
          const reader = new SshLogReader()
          reader.read(frame(form(user, text, peer)), 1, { now: Date.parse('2026-03-01T00:00:00Z'), utc: true })
          for (const { address } of reader.end()) expect(address).toBe(peer.split(' ')[0])
        },
      ),
      { numRuns: 10_000 },
    )
  })

  test('names nobody else when sshd cuts it at 500 or 1,023 bytes, wherever the client makes that happen', () => {
    const escaped = fc.integer({ min: 0, max: 300 }).map((count) => '\\001'.repeat(count))
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMS),
        escaped,
        fc.nat(3),
        clientText,
        clientText,
        fc.constantFrom(500, 1_023),
        (form, escapes, fill, before, behind, length) => {
          // sshd cuts a name at 180 bytes of the client's at most, and a text at 400.
          const text = `${escapes}${'x'.repeat(fill)}${before}`.slice(0, 720)
          const line = form(`${text}${behind}`, `${text}${behind}`, '198.51.100.1 port 4242').slice(0, length)
          expect(['198.51.100.1', undefined, 'nothing', 'ambiguous']).toContain(peerOf(line))
        },
      ),
      { numRuns: 5_000, examples: cutExamples() },
    )
  })

  test('names its peer when the client wrote nothing special', () => {
    const known = FORMS.map((form) => [form('root', 'text', '198.51.100.1 port 4242')] as const)
    const named = known.filter(([message]) => peerOf(message) === '198.51.100.1')
    expect(known.length - named.length).toBe(5)
  })

  test.each([100, 101, 500, 5_000, 60_000])('is read with a user name of %i characters', (length) => {
    const user = 'a'.repeat(length)
    expect(readSshdMessage(`Failed password for invalid user ${user} from 198.51.100.1 port 1 ssh2`)).toMatchObject({
      address: '198.51.100.1',
      user,
    })
  })

  test.each([
    'Failed password for invalid user x from 203.0.113.77 port 22 ssh2 from 198.51.100.1 port 1 ssh2',
    'Invalid user x from 203.0.113.77 port 22 from 198.51.100.1 port 1',
    'Connection closed by invalid user x 203.0.113.77 port 22 [preauth] 198.51.100.1 port 1 [preauth]',
    "Bad protocol version identification 'x' from 203.0.113.77 port 22' from 198.51.100.1 port 1",
    'Received disconnect from 198.51.100.1 port 1:11: x from 203.0.113.77 port 22:11: x [preauth]',
  ])('names the peer where only one reading is complete: %s', (message) => {
    expect(peerOf(message)).toBe('198.51.100.1')
  })

  test.each([
    'Failed publickey for invalid user x from 203.0.113.77 port 22 ssh2: RSA-CERT SHA256:c ID y from 198.51.100.1 port 1 ssh2: RSA-CERT SHA256:a ID z (serial 1) CA RSA SHA256:b',
    'Failed gssapi-with-mic for x from 203.0.113.77 port 22 ssh2: y from 198.51.100.1 port 1 ssh2',
    'Disconnecting invalid user x 203.0.113.77 port 22: y 198.51.100.1 port 1: Too many authentication failures [preauth]',
  ])('names nobody where two readings are complete: %s', (message) => {
    expect(readSshdMessage(message)).toBe('ambiguous')
  })

  test.each([
    ['fatal: Timeout before authentication for 198.51.100.1 port 1', 'ssh-broken-off'],
    ['Timeout before authentication for connection from 198.51.100.1 to 192.0.2.1, pid = 7', 'ssh-broken-off'],
    [
      'fatal: Unable to negotiate with 198.51.100.1 port 1: no matching cipher found. Their offer: x',
      'ssh-negotiation',
    ],
    ['Unable to negotiate with 2001:db8::1: no matching cipher found.', 'ssh-negotiation'],
    ['Did not receive identification string from 198.51.100.1', 'ssh-negotiation'],
    ['Connection reset by 198.51.100.1 port 1 [preauth]', 'probe'],
    ['Connection closed by 198.51.100.1 [preauth]', 'probe'],
    ['Connection closed by 198.51.100.1 port 1', 'end'],
    ['error: Received disconnect from 198.51.100.1: 3: com.jcraft.jsch.JSchException: Auth fail [preauth]', 'probe'],
    ['ROOT LOGIN REFUSED FROM 198.51.100.1 port 1', 'ssh-login'],
    ['drop connection #0 from [198.51.100.1]:5 on [192.0.2.1]:22 penalty: failed authentication', 'ssh-refused'],
    ['Failed password for root from ::ffff:198.51.100.1 port 1 ssh2', 'ssh-login'],
  ])('of its kind: %s', (message, shows) => {
    expect(readSshdMessage(message)).toMatchObject({
      form: { shows },
      address: message.includes('2001:') ? '2001:db8::1' : '198.51.100.1',
    })
  })

  test.each([
    'Received disconnect from 198.51.100.1 port 1:11: disconnected by user',
    'Disconnected from user root 198.51.100.1 port 1',
    'Postponed publickey for root from 198.51.100.1 port 1 ssh2 [preauth]',
    'drop connection #10 from [198.51.100.1]:5 on [192.0.2.1]:22 past MaxStartups',
    'reverse mapping checking getaddrinfo for host.example [198.51.100.1] failed - POSSIBLE BREAK-IN ATTEMPT!',
    'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.1.example',
    'Failed password for root from 198.51.100.01 port 1 ssh2',
    'Failed password for root from 198.51.100.1/32 port 1 ssh2',
    'Failed password for root from 198.51.100.1 port 123456 ssh2',
  ])('accuses nobody: %s', (message) => {
    expect(['nothing', undefined]).toContain(peerOf(message))
  })
})

/** The cut right behind the client's own look-alike of the peer. */
function cutExamples(): [(typeof FORMS)[number], string, number, string, string, number][] {
  const endings = [`' from ${OTHER} port 22`, ` ${OTHER} port 22`, ` from ${OTHER} port 22`]
  return FORMS.flatMap((form) =>
    endings.flatMap((ending) => {
      const [head = ''] = form('\u0001', '\u0001', '').split('\u0001')
      const room = 500 - head.length - ending.length
      return [[form, '\\001'.repeat(Math.floor(room / 4)), room % 4, ending, 'behind', 500]] as ReturnType<
        typeof cutExamples
      >
    }),
  )
}
