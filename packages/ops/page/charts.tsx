import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import type { SeriesAnswer } from '../src/api/answers.js'
import { ask } from './api.js'
import { count, date, duration, roughly, time } from './format.js'
import { useLive } from './live.js'

interface Curve {
  readonly column: Exclude<keyof SeriesAnswer, 'stepMs' | 'at'>
  readonly name: string
  /** A custom property of the style sheet. */
  readonly color: string
}

interface ChartSettings {
  readonly title: string
  readonly curves: readonly Curve[]
  readonly show: (value: number) => string
  /** Beside the axis, where there is little room. Default: the same. */
  readonly tick?: (value: number) => string
  /** From one tick to the next. Default: round decimal numbers. */
  readonly steps?: number[]
}

const CHARTS: readonly ChartSettings[] = [
  {
    title: 'Signals per minute',
    show: count,
    curves: [
      { column: 'in', name: 'In', color: '--in' },
      { column: 'sent', name: 'Sent', color: '--sent' },
      { column: 'rejected', name: 'Rejected', color: '--rejected' },
    ],
  },
  { title: 'Signals waiting', show: count, curves: [{ column: 'pending', name: 'Waiting', color: '--pending' }] },
  {
    title: 'Age of the oldest signal',
    show: (seconds) => duration(seconds * 1_000),
    tick: (seconds) => roughly(seconds * 1_000),
    steps: [10, 30, 60, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800],
    curves: [{ column: 'oldestSeconds', name: 'Oldest', color: '--pending' }],
  },
  {
    title: 'Requests per minute',
    show: count,
    curves: [
      { column: 'requests', name: 'All', color: '--machines' },
      { column: 'failed', name: 'Failed', color: '--rejected' },
    ],
  },
]

const WEEK_EVERY_MS = 600_000

export function Charts() {
  const [range, setRange] = useState<'2h' | '7d'>('2h')
  const recent = useLive((live) => live.recent)
  const [week, setWeek] = useState<SeriesAnswer>()
  useEffect(() => {
    if (range !== '7d') return
    const load = () => ask<SeriesAnswer>('api/series', { range }).then(setWeek, () => undefined)
    void load()
    const timer = setInterval(load, WEEK_EVERY_MS)
    return () => clearInterval(timer)
  }, [range])
  const series = range === '2h' ? recent : week
  return (
    <section class="card charts-card" aria-labelledby="history">
      <div class="card-head">
        <h2 id="history">History</h2>
        <fieldset class="segments">
          <legend class="unseen">Range</legend>
          {(['2h', '7d'] as const).map((name) => (
            <label key={name}>
              <input type="radio" name="range" checked={range === name} onChange={() => setRange(name)} />
              <span>{name === '2h' ? '2 hours' : '7 days'}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {series === undefined || series.at.length < 2 ? (
        <p class="empty">
          Curves begin with this process, and show up after {range === '2h' ? 'half a minute' : 'half an hour'}. They
          are kept in memory, and in no database: for longer, let Prometheus ask <code>metrics</code>.
        </p>
      ) : (
        <div class="charts">
          {CHARTS.map((settings) => (
            <Chart key={settings.title} settings={settings} series={series} />
          ))}
        </div>
      )}
    </section>
  )
}

const HEIGHT = 150

function Chart({ settings, series }: { settings: ChartSettings; series: SeriesAnswer }) {
  const { title, curves, show } = settings
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const scheme = useScheme()
  useEffect(() => {
    const element = place.current
    if (element === null) return
    plot.current = new uPlot(optionsOf(settings, element.clientWidth), dataOf(settings, series), element)
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current?.destroy()
    }
  }, [scheme])
  useEffect(() => plot.current?.setData(dataOf(settings, series)), [series])
  const latest = curves.map((curve) => ({ ...curve, value: series[curve.column].at(-1) ?? 0 }))
  const said = latest.map(({ name, value }) => `${name} ${show(value)}`).join(', ')
  return (
    <figure>
      <figcaption>
        <span class="title">{title}</span>
        <span class="legend">
          {latest.map(({ name, color, value }) => (
            <span key={name}>
              <i style={{ background: `var(${color})` }} />
              {curves.length > 1 && `${name} `}
              <b>{show(value)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={`${title}; now: ${said}`} />
    </figure>
  )
}

/** Is another one when the system turns dark or light, so that curves are drawn in its colours. */
function useScheme(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const [isDark, setIsDark] = useState(query.matches)
  useEffect(() => {
    const turn = () => setIsDark(query.matches)
    query.addEventListener('change', turn)
    return () => query.removeEventListener('change', turn)
  }, [])
  return isDark
}

function dataOf({ curves }: ChartSettings, series: SeriesAnswer): uPlot.AlignedData {
  return [series.at.map((at) => at / 1_000), ...curves.map(({ column }) => [...series[column]])]
}

function optionsOf({ curves, show, tick: shown = show, steps }: ChartSettings, width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: color('--soft'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height: HEIGHT,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false }, y: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] } },
    axes: [
      { ...axis, grid: { show: false }, space: 70, size: 26, values: (_, ticks) => hours(ticks) },
      {
        ...axis,
        size: 52,
        space: 32,
        ...(steps !== undefined && { incrs: steps }),
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? shown(tick) : '')),
      },
    ],
    series: [
      {},
      ...curves.map(({ name, color: property }, index) => ({
        label: name,
        stroke: color(property),
        width: 1.75,
        points: { show: false },
        ...(index === 0 && { fill: `${color(property)}1f` }),
      })),
    ],
  }
}

/** Times of a day, or days where the ticks are far apart. */
function hours(ticks: number[]): string[] {
  const isLong = (ticks[1] ?? 0) - (ticks[0] ?? 0) >= 6 * 3_600
  return ticks.map((tick) => (isLong ? (date(tick * 1_000).split(',')[0] ?? '') : time(tick * 1_000).slice(0, 5)))
}
