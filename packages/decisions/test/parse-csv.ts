/** RFC 4180, read to the letter: anything else is an error. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] !== '"') throw new Error(`no quote at ${at}: ${JSON.stringify(text.slice(at, at + 20))}`)
    let cell = ''
    for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
      if (at >= text.length) throw new Error('a quote is not closed')
      if (text[at] === '"') at += 1
      cell += text[at]
    }
    at += 1
    row.push(cell)
    if (text[at] === ',') at += 1
    else if (text.startsWith('\r\n', at)) {
      rows.push(row)
      row = []
      at += 2
    } else throw new Error(`neither a comma nor the end of a row at ${at}`)
  }
  if (row.length > 0) throw new Error('the last row has no end')
  return rows
}
