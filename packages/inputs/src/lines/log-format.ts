/** A log that cannot be read, with its name, what it is, and what to do. */
export class UnreadableLogError extends Error {
  override readonly name = 'UnreadableLogError'
  /** What it is, and what to do. */
  readonly why: string

  constructor(log: string, why: string) {
    super(`${log} cannot be read: ${why}.`)
    this.why = why
  }
}

/** So many bytes at its beginning tell what a file is. */
export const SIGNATURE_BYTES = 16

/** What files begin with, in hexadecimal, and what can be done about those that are no text. */
const SIGNATURES: readonly (readonly [hex: string, why: string])[] = [
  ['fffe0000', unicode('UTF-32')],
  ['0000feff', unicode('UTF-32')],
  ['fffe', unicode('UTF-16')],
  ['feff', unicode('UTF-16')],
  ['fd377a585a00', compressed('xz', 'xz -dc')],
  ['28b52ffd', compressed('zstd', 'zstd -dc')],
  ['425a6839314159265359', compressed('bzip2', 'bzip2 -dc')],
  ['04224d18', compressed('lz4', 'lz4 -dc')],
  ['4c5a495001', compressed('lzip', 'lzip -dc')],
  ['1f9d', compressed('compress', 'gzip -dc')],
  ['504b0304', compressed('zip', 'unzip -p')],
  ['377abcaf271c', compressed('7-Zip', '7z x -so')],
  ['4c504b5348485248', 'it is a journal of systemd; pipe in what it holds: journalctl -o short-iso --file'],
  ['53514c69746520666f726d6174203300', 'it is a database of SQLite, no log'],
  ['7f454c46', 'it is a program, no log'],
  ['456c6646696c6500', 'it is an event log of Windows; export it as text first'],
]
/** bzip2 tells the size of its blocks, 1 to 9, before what it is known by. */
const BZIP2 = /^425a683[1-9]/

/** Says why bytes of a log that begins like this are no text, or `undefined` if they may be. */
export function whyUnreadable(start: Uint8Array): string | undefined {
  const hex = Buffer.from(start).toString('hex').replace(BZIP2, '425a6839')
  const known = SIGNATURES.find(([signature]) => hex.startsWith(signature))
  if (known !== undefined) return known[1]
  if (/^(?:(?!00)..00){4}/.test(hex)) return unicode('UTF-16LE')
  return /^(?:00(?!00)..){4}/.test(hex) ? unicode('UTF-16BE') : undefined
}

/** So many bytes at its beginning tell what a file with zeros is. */
export const BINARY_BYTES = 262

/** Says why bytes with zeros among the first are no text; tar pads what it packs with them. */
export function whyBinary(start: Uint8Array): string {
  return Buffer.from(start.subarray(257, BINARY_BYTES)).toString('latin1') === 'ustar'
    ? 'it is an archive of tar; pipe in what it holds: tar -xOf'
    : "it is binary; if it is a text that a crash left zeros in: tr -d '\\0'"
}

export function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b
}

function unicode(name: string): string {
  return `it is ${name}; make it UTF-8 first, or pipe it in: iconv -f ${name} -t UTF-8`
}

function compressed(name: string, command: string): string {
  return `it is compressed with ${name}; unpack it first, or pipe it in: ${command}`
}
