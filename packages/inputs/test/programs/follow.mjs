// Follows a log, and appends to a file what it is given: a line in one write, then the commit.
// Arguments: the log, the file of results, the file of the position, a user to become.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { followFile } from '@cscapi/inputs'

const [log, results, position, user] = process.argv.slice(2)
if (user !== undefined) process.setuid(Number(user))

const store = {
  async getState() {
    if (!existsSync(position)) return undefined
    const [version, value] = readFileSync(position, 'utf8').split(' ')
    return { value: Buffer.from(value, 'base64'), version: Number(version) }
  },
  async setState(_key, value, { ifVersion }) {
    writeFileSync(`${position}.new`, `${ifVersion + 1} ${Buffer.from(value).toString('base64')}`)
    renameSync(`${position}.new`, position)
    return ifVersion + 1
  },
}
const tell = (kind) => process.stdout.write(`${kind}\n`)
const file = followFile(log, { store, pollMs: 10, onTrouble: ({ kind }) => tell(kind) })
let given = 0
for await (const { text } of file) {
  appendFileSync(results, `${text}\n`)
  given += 1
  if (given % 7 === 0) await file.commit()
}
