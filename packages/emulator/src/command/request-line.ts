import type { RecordedRequest } from '../requests/recorded-request.js'

/** Tells a request in one line: never its headers or its body. */
export function requestLine({
  method,
  path,
  status,
  machineId,
  bodyBytes,
  body,
  route,
  fault,
  problems,
}: RecordedRequest): string {
  const details = [
    machineId && `machine ${machineId.slice(0, 8)}…`,
    route === 'signals' && Array.isArray(body) && `${body.length} signals`,
    bodyBytes > 0 && `${bodyBytes} bytes`,
    fault && `fault ${fault}`,
    ...problems.slice(0, 3).map(({ pointer, rule }) => `${pointer || 'body'}: ${rule}`),
  ]
  return `${method} ${path} ${status ?? 'no answer'} ${details.filter(Boolean).join(', ')}`.trimEnd()
}
