import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { arrange, machine, signalsOf } from './arrange.js'

let spans: InMemorySpanExporter
let exported: InMemoryMetricExporter
let reader: PeriodicExportingMetricReader

beforeEach(() => {
  spans = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 3_600_000 })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
})

afterEach(async () => {
  await reader.shutdown()
  trace.disable()
  context.disable()
  metrics.disable()
})

/** What was measured so far: by name, the sum of all values, or how many there were. */
async function measured(): Promise<Record<string, number>> {
  await reader.forceFlush()
  const found = exported.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  const sums: Record<string, number> = {}
  for (const { descriptor, dataPoints } of found) {
    sums[descriptor.name] = dataPoints.reduce(
      (sum, { value }) => sum + (typeof value === 'number' ? value : value.count),
      0,
    )
  }
  return sums
}

describe('with openTelemetry', () => {
  test('a sending run is a span, and its requests are its children, by the conventions of HTTP', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ openTelemetry: true })
    emulator.faults.inject({ route: 'metrics', status: 500 })
    await client.addSignals(signalsOf(machine(), 3))
    await client.sendSignals()
    const finished = spans.getFinishedSpans()
    const [run] = finished.filter(({ name }) => name === 'cscapi.send')
    const requests = finished.filter(({ kind }) => kind === SpanKind.CLIENT)
    expect(requests.map(({ name }) => name)).toEqual([
      'POST /watchers',
      'POST /watchers/login',
      'POST /signals',
      'POST /metrics',
    ])
    for (const { parentSpanContext } of requests) expect(parentSpanContext?.spanId).toBe(run?.spanContext().spanId)
    expect(requests[2]?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': 8088,
      'url.full': 'http://127.0.0.1:8088/v3/signals',
    })
    expect(requests[3]).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '500' } })
  })

  test('signals, logins and requests are counted, and the queue is observed', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ openTelemetry: true })
    await client.addSignals([...signalsOf(machine(1), 3), ...signalsOf(machine(2), 4)])
    emulator.faults.inject({ route: 'signals', status: 503, machineId: machine(2) })
    await client.sendSignals({ concurrency: 1 })
    expect(await measured()).toMatchObject({
      'cscapi.signals.sent': 3,
      'cscapi.signals.postponed': 4,
      'cscapi.signals.pending': 4,
      'cscapi.machines.failing': 0,
      'cscapi.logins': 2,
      'http.client.request.duration': emulator.record.count(),
    })
  })

  test('a client that is closed is not observed any more', async () => {
    const { connect, storage } = arrange()
    let asked = 0
    const stats = storage.stats.bind(storage)
    const watched = new Proxy(storage, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (name !== 'stats') return typeof value === 'function' ? value.bind(target) : value
        return () => {
          asked += 1
          return stats()
        }
      },
    })
    const client = connect({ storage: watched, openTelemetry: true })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await measured()).toMatchObject({ 'cscapi.signals.pending': 1 })
    expect(asked).toBe(1)
    await client.close()
    await reader.forceFlush()
    expect(asked).toBe(1)
  })

  test('no span and no metric holds a secret', async () => {
    const { connect, storage } = arrange()
    const client = connect({ openTelemetry: true })
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    const row = await storage.getMachine(machine())
    const shown = JSON.stringify(
      spans.getFinishedSpans().map(({ name, attributes, status }) => ({ name, attributes, status })),
    )
    expect(shown.length).toBeGreaterThan(100)
    for (const secret of [String(row?.password), String(row?.token?.value)]) expect(shown).not.toContain(secret)
  })
})

test('without it, no span is made', async () => {
  const { client } = arrange()
  await client.addSignals(signalsOf(machine(), 1))
  await client.sendSignals()
  expect(spans.getFinishedSpans()).toEqual([])
})
