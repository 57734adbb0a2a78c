import { CscapiError } from '@cscapi/core'
import type { Attributes, BatchObservableCallback, Span } from '@opentelemetry/api'
import type { ClientContext } from '../context.js'

type Api = typeof import('@opentelemetry/api')

const SCOPE = '@cscapi/client'

/** Spans and metrics of one client, through whatever SDK the program has registered. */
export interface Telemetry {
  /** Runs `work` in a span, which the requests that it makes become children of. */
  inSpan<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Observes nothing more: the program's SDK would hold on to the client else. */
  end(): void
}

/** @throws CscapiError `package_missing` when `@opentelemetry/api` is not installed. */
export async function startTelemetry(context: ClientContext): Promise<Telemetry> {
  const api = await import('@opentelemetry/api').catch(() => {
    const message = 'The option openTelemetry needs a package that is not installed: npm install @opentelemetry/api'
    throw new CscapiError('package_missing', message)
  })
  const tracer = api.trace.getTracer(SCOPE)
  traceRequests(api, context)
  const end = measure(api, context)
  return {
    end,
    inSpan: (name, work) => tracer.startActiveSpan(name, (span) => endWith(api, span, work)),
  }
}

async function endWith<T>(api: Api, span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof CscapiError ? error.code : 'error'
    span.setAttribute('error.type', code)
    span.setStatus({ code: api.SpanStatusCode.ERROR, message: code })
    throw error
  } finally {
    span.end()
  }
}

/** One client span and one duration for each request, by the semantic conventions of HTTP. */
function traceRequests(api: Api, { capi, events }: ClientContext): void {
  const tracer = api.trace.getTracer(SCOPE)
  const duration = api.metrics.getMeter(SCOPE).createHistogram('http.client.request.duration', {
    description: 'Duration of the requests to CAPI.',
    unit: 's',
  })
  const { hostname, port, protocol } = new URL(capi.baseUrl)
  const server = { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) }
  events.on('request', ({ method, path, status, durationMs }) => {
    const isError = status === undefined || status >= 400
    const attributes: Attributes = {
      ...server,
      'http.request.method': method,
      ...(status !== undefined && { 'http.response.status_code': status }),
      ...(isError && { 'error.type': status === undefined ? 'no_answer' : String(status) }),
    }
    const endTime = Date.now()
    const span = tracer.startSpan(`${method} ${path}`, {
      kind: api.SpanKind.CLIENT,
      startTime: endTime - durationMs,
      attributes: { ...attributes, 'url.full': `${capi.baseUrl}${path}` },
    })
    if (isError) span.setStatus({ code: api.SpanStatusCode.ERROR })
    span.end(endTime)
    duration.record(durationMs / 1_000, attributes)
  })
}

/** Returns what ends the observation of the store. */
function measure(api: Api, { events, storage }: ClientContext): () => void {
  const meter = api.metrics.getMeter(SCOPE)
  const counter = (name: string, description: string, unit = '{signal}') =>
    meter.createCounter(name, { description, unit })
  const sent = counter('cscapi.signals.sent', 'Signals that CAPI took.')
  const rejected = counter('cscapi.signals.rejected', 'Signals that became dead letters.')
  const postponed = counter('cscapi.signals.postponed', 'Signals that were put back.')
  const logins = counter('cscapi.logins', 'Logins that CAPI accepted.', '{login}')
  events.on('sent', ({ count }) => sent.add(count))
  events.on('rejected', ({ uuids }) => rejected.add(uuids.length))
  events.on('postponed', ({ count }) => postponed.add(count))
  events.on('login', () => logins.add(1))

  const pending = meter.createObservableGauge('cscapi.signals.pending', {
    description: 'Signals that wait in the store.',
    unit: '{signal}',
  })
  const oldest = meter.createObservableGauge('cscapi.signals.oldest', {
    description: 'Age of the oldest signal that is not sent yet.',
    unit: 's',
  })
  const failing = meter.createObservableGauge('cscapi.machines.failing', {
    description: 'Machines that CAPI refuses.',
    unit: '{machine}',
  })
  const gauges = [pending, oldest, failing]
  const observe: BatchObservableCallback = async (result) => {
    const stats = await storage.stats().catch(() => undefined)
    if (stats === undefined) return
    result.observe(pending, stats.pending)
    result.observe(oldest, (stats.oldestPendingMs ?? 0) / 1_000)
    result.observe(failing, stats.failing)
  }
  meter.addBatchObservableCallback(observe, gauges)
  return () => meter.removeBatchObservableCallback(observe, gauges)
}
