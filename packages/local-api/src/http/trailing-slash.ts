/** Sends whoever put a slash after a path to the path, as the engine does; `undefined` for others. */
export function withoutSlash({ url, method }: Request, paths: Iterable<string>): Response | undefined {
  const { pathname, search } = new URL(url)
  const path = pathname.slice(0, -1)
  if (!pathname.endsWith('/') || ![...paths].some((known) => isOf(known, path))) return undefined
  return new Response(null, { status: method === 'GET' ? 301 : 307, headers: { Location: `${path}${search}` } })
}

const isOf = (known: string, path: string) => {
  const [parts, given] = [known.split('/'), path.split('/')]
  return parts.length === given.length && parts.every((part, index) => part === given[index] || part.startsWith(':'))
}
