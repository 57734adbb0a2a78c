/** The repository's own pages by the addresses that a README on npm has to use. */
const OWN = /^https:\/\/github\.com\/cscapi\/cscapi\/(?:blob|tree)\/main\//

/** A link that leads to a file of the repository: the file, and the heading in it. */
export interface OwnLink {
  /** As it stands in the page. */
  readonly text: string
  /** Relative to the page, or to the root where `fromRoot`; empty for the page itself. */
  readonly path: string
  readonly fromRoot: boolean
  readonly anchor: string | undefined
}

const withoutCode = (markdown: string): string => markdown.replace(/^(```+)[^\n]*\n[\s\S]*?^\1$/gm, '')

/** All links of a page to files of the repository; those to other hosts are passed over. */
export function ownLinks(markdown: string): OwnLink[] {
  const targets = [...withoutCode(markdown).matchAll(/\]\(([^()\s]*(?:\([^()]*\)[^()\s]*)*)\)/g)]
  return targets.flatMap(([, text = '']) => {
    const fromRoot = OWN.test(text)
    const target = text.replace(OWN, '')
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    return [{ text, path, fromRoot, anchor }]
  })
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutCode(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const base = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-')
    let anchor = base
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${base}-${count}`
    anchors.add(anchor)
  }
  return anchors
}
