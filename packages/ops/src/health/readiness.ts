import type { NowAnswer } from '../api/answers.js'

/** `GET /ready` */
export interface ReadyAnswer {
  readonly ready: boolean
  /** Each is `ok`, or says what is wrong; who may not see the page is told neither. */
  readonly checks?: { readonly store: string; readonly scheduler: string }
}

/** Whether this process can do its work. */
export function readinessOf({ store, scheduler }: NowAnswer, expectScheduler: boolean): Required<ReadyAnswer> {
  const isMissing = expectScheduler && scheduler !== 'running'
  const checks = {
    store: store.answers ? 'ok' : (store.message ?? 'The store does not answer'),
    scheduler: isMissing
      ? 'The scheduler does not run: client.start() was not called, or the client was stopped'
      : 'ok',
  }
  return { ready: store.answers && !isMissing, checks }
}
