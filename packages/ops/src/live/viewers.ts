import type { Look } from './monitor.js'

/** A page that takes nothing for so many frames is let go; it connects anew. */
const FRAMES_BEHIND = 32
/** A connection ends after this, so that who may not see any more is asked again. */
const CONNECTED_MS = 3_600_000
const MOST_VIEWERS = 1_000

interface Viewer {
  readonly controller: ReadableStreamDefaultController<Uint8Array>
  readonly until: number
}

const encoder = new TextEncoder()

/** Everybody who watches by server-sent events. Each frame is written once for all. */
export class Viewers {
  readonly #viewers = new Set<Viewer>()
  readonly #now: () => number
  #last = ''

  constructor(now: () => number) {
    this.#now = now
  }

  /** How many watch. */
  get count(): number {
    return this.#viewers.size
  }

  /** Gives a stream of frames for one more; `undefined` where there are too many. */
  add(until: number, first: Look['now']): ReadableStream<Uint8Array> | undefined {
    if (this.#viewers.size >= MOST_VIEWERS) return undefined
    let viewer: Viewer | undefined
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          viewer = { controller, until: Math.min(until, this.#now() + CONNECTED_MS) }
          this.#viewers.add(viewer)
          controller.enqueue(encoder.encode(`retry: 2000\n\n${frame('now', first)}`))
        },
        cancel: () => {
          if (viewer !== undefined) this.#viewers.delete(viewer)
        },
      },
      new CountQueuingStrategy({ highWaterMark: FRAMES_BEHIND }),
    )
  }

  /** Tells all of what is new; at rest, of the time alone. */
  tell({ now, point, log }: Look): void {
    if (this.#viewers.size === 0) return
    const { at, ...rest } = now
    const content = JSON.stringify(rest)
    const isSame = content === this.#last
    this.#last = content
    const frames = [
      isSame ? frame('beat', { at }) : frame('now', now),
      ...(point === undefined ? [] : [frame('point', point)]),
      ...(log.length === 0 ? [] : [frame('log', { entries: log })]),
    ]
    const bytes = encoder.encode(frames.join(''))
    for (const viewer of this.#viewers) this.#send(viewer, bytes)
  }

  /** Lets all go. */
  close(): void {
    for (const viewer of this.#viewers) this.#drop(viewer)
  }

  #send(viewer: Viewer, bytes: Uint8Array): void {
    const isBehind = (viewer.controller.desiredSize ?? 0) <= 0
    if (isBehind || this.#now() >= viewer.until) this.#drop(viewer)
    else viewer.controller.enqueue(bytes)
  }

  #drop(viewer: Viewer): void {
    this.#viewers.delete(viewer)
    viewer.controller.close()
  }
}

/** JSON has no line feed, so text of others cannot end a frame. */
function frame(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
