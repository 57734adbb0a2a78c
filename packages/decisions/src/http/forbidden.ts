/** The answer to whoever is not served. It repeats nothing of the request, and nobody keeps it. */
export const FORBIDDEN = {
  status: 403,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'Forbidden\n',
} as const
