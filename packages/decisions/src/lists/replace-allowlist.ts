import { ADDRESS_RULE, IpNetwork } from '@cscapi/signals'
import type { Change, Changing } from '../changes/change.js'
import { AllowedNetworks, type Allowlist } from '../contents/allowlists.js'
import type { Contents } from '../contents/contents.js'
import { tableOf } from '../contents/source.js'
import { TableBuilder } from '../tables/table-builder.js'
import { eachLine, type Lines } from './list-input.js'
import { allowlistEntry } from './list-lines.js'
import { plainText } from './plain-text.js'
import { ReadableLines } from './readable-lines.js'

/** A link to an allowlist (CAPI v3 swagger `AllowlistLink`). */
export interface AllowlistInfo {
  /** How CAPI names the list. */
  readonly id: string
  readonly name: string
}

/**
 * Replaces the allowlist of that id.
 *
 * @throws InputError for arguments of another shape; CscapiError `list_unreadable`; what `lines`
 * throws
 */
export async function replaceAllowlist(
  contents: Contents,
  list: AllowlistInfo,
  lines: Lines,
  changing: Changing,
): Promise<Change> {
  const before = contents.allowlists.find(({ id }) => id === list.id)
  const { now } = changing
  const hadEntries = before !== undefined && (before.v4.isAnyInForce(now) || before.v6.isAnyInForce(now))
  const allowlist = await readAllowlist(list, lines, hadEntries, changing)
  const others = contents.allowlists.filter(({ id }) => id !== list.id)
  return {
    contents: { ...contents, allowlists: [...others, allowlist] },
    added: entriesOf(allowlist),
    removed: before === undefined ? 0 : entriesOf(before),
  }
}

const entriesOf = ({ v4, v6 }: Allowlist) => v4.table.size + v6.table.size

/** `hadEntries` says whether the list has entries in force that this one would replace. */
async function readAllowlist(
  { id, name }: AllowlistInfo,
  lines: Lines,
  hadEntries: boolean,
  { skipped, pace }: Changing,
): Promise<Allowlist> {
  const builders = { v4: new TableBuilder(4, true), v6: new TableBuilder(6, true) }
  const network = new IpNetwork()
  const readable = new ReadableLines(`allowlist ${plainText(name)}`)
  await eachLine(lines, pace, (line, index) => {
    const entry = allowlistEntry(line)
    if (entry === undefined) return
    if ('value' in entry && network.read(entry.value.trim())) {
      readable.addReadable()
      tableOf(builders, network.family).add(network, entry.expiresAt)
      return
    }
    const rule = 'rule' in entry ? entry.rule : ADDRESS_RULE
    readable.addUnreadable(index, line, rule)
    skipped.add(`${name}:${index + 1}`, line, rule)
  })
  readable.check(hadEntries)
  const [v4, v6] = [await pace.finish(builders.v4.build()), await pace.finish(builders.v6.build())]
  return { id, name, v4: await pace.finish(AllowedNetworks.of(v4)), v6: await pace.finish(AllowedNetworks.of(v6)) }
}
