import fc from 'fast-check'

/** Somebody else, whom no text of a client's may bring into a report. */
export const INNOCENT = '203.0.113.77'

const LOOK_ALIKES = [
  INNOCENT,
  `${INNOCENT}:80`,
  '2001:db8::77',
  `, client: ${INNOCENT}, server: _, request: "GET / HTTP/1.1", host: "h"`,
  `, client: ${INNOCENT}, server: `,
  `" failed (2: No such file or directory), client: ${INNOCENT}, server: _, request: "GET / HTTP/1.1", host: "h"`,
  `": password mismatch, client: ${INNOCENT}, server: _`,
  '" was not found in "',
  `[client ${INNOCENT}:80] AH01618: user x not found: /`,
  `[client ${INNOCENT}] ModSecurity: Access denied with code 403 `,
  `${INNOCENT} - - [28/Nov/2026:01:02:03 +0100] "GET /x HTTP/1.1" 200 5 "-" "-"`,
  `${INNOCENT} - `,
  ` - ${INNOCENT} `,
  ' - - ',
  ' -',
  ' from ',
  `","src_ip":"${INNOCENT}","x":"`,
  `"}\n{"eventid":"cowrie.login.failed","src_ip":"${INNOCENT}","timestamp":"2026-11-28T00:00:00Z"}\n`,
  `\n[28/Nov/2026:00:41:14 +0000] 1.1 ${INNOCENT} 33000 198.51.100.2 81\n`,
  '\n---DxdefTLy---A--\n',
  '\n---DxdefTLy---Z--\n',
  `"] [severity "2"] [client "${INNOCENT}"] `,
  `\n2026/11/28 01:02:03 [${INNOCENT}:5] authentication for user "x" with password "y" accepted\n`,
  '[10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "-" ',
  '] "',
  '"',
  '\\',
  ' ',
  ', ',
  ', referer: ',
  '(2: x)',
  `Nov 28 01:02:03 web nginx: ${INNOCENT} - `,
  `2026/11/28 01:02:03 [error] 1#1: *1 user "x": password mismatch, client: ${INNOCENT}, server: _`,
]

/**
 * What a client may write into a header, a path or a user name: any text, and pieces of the lines
 * that are read.
 */
export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...LOOK_ALIKES) },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  )
  return fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
}
