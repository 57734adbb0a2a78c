import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Context } from 'hono'
import { page } from '../page.gen.js'

/** A file of the page, with a name in its address that changes when it does. */
class Asset {
  readonly #text: string
  readonly #type: string
  #packed: Promise<Uint8Array<ArrayBuffer>> | undefined

  constructor(text: string, type: string) {
    this.#text = text
    this.#type = type
  }

  /** What stands behind the path, so that a browser may keep what it has. */
  get version(): string {
    return createHash('sha256').update(this.#text).digest('hex').slice(0, 12)
  }

  async answer(c: Context): Promise<Response> {
    c.header('content-type', this.#type)
    c.header('cache-control', c.req.query('v') === this.version ? 'private, max-age=31536000, immutable' : 'no-cache')
    c.header('vary', 'accept-encoding')
    if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(this.#text)
    c.header('content-encoding', 'gzip')
    this.#packed ??= promisify(gzip)(this.#text, { level: 9 }).then((bytes) => new Uint8Array(bytes))
    return c.body(await this.#packed)
  }
}

export const script = new Asset(page.script, 'text/javascript; charset=utf-8')
export const style = new Asset(page.style, 'text/css; charset=utf-8')

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%23195fc8'/%3E%3Cpath d='M7 18h4l3-8 4 13 3-8h4' fill='none' stroke='%23fff' stroke-width='2.6' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E"

/** Where the style is, from the page. */
export const styleUrl = `app.css?v=${style.version}`

/** The page: empty, until its script asks for what it shows. */
export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>cscapi operations</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${styleUrl}">
<script type="module" src="app.js?v=${script.version}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript; /metrics and /api do not.</noscript>
</body>
</html>
`
