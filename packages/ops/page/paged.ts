import { useEffect, useRef, useState } from 'preact/hooks'
import { ask } from './api.js'

/** After a failure: nothing else may tell that the server is well again. */
const AGAIN_MS = 4_000

/** One page of a list that the server holds. */
export interface Paged<Answer> {
  readonly answer: Answer | undefined
  readonly error: string | undefined
  readonly isFirst: boolean
  next(): void
  previous(): void
  /** Asks again for the page that is shown. */
  reload(): void
}

/**
 * Pages of a list by cursor. Other parameters begin at the first page; `version` is what the list's
 * contents go by: the page is asked for again when it is another one.
 */
export function usePaged<Answer extends { readonly next: string | null }>(
  path: string,
  parameters: Record<string, string>,
  version: unknown,
): Paged<Answer> {
  const [answer, setAnswer] = useState<Answer>()
  const [error, setError] = useState<string>()
  const [cursors, setCursors] = useState<readonly string[]>([])
  const [asked, setAsked] = useState(0)
  const key = JSON.stringify(parameters)
  const shown = useRef(key)
  // What belongs to other parameters leads nowhere.
  const after = shown.current === key ? (cursors.at(-1) ?? '') : ''
  useEffect(() => {
    if (shown.current !== key) {
      shown.current = key
      setCursors([])
    }
    let isOver = false
    let again: ReturnType<typeof setTimeout> | undefined
    ask<Answer>(path, { ...parameters, after }).then(
      (page) => {
        if (isOver) return
        setAnswer(page)
        setError(undefined)
      },
      (failure: Error) => {
        if (isOver) return
        setError(failure.message)
        again = setTimeout(() => setAsked((times) => times + 1), AGAIN_MS)
      },
    )
    return () => {
      isOver = true
      clearTimeout(again)
    }
  }, [path, key, after, asked, version])
  return {
    answer,
    error,
    isFirst: after === '',
    next: () => {
      const next = answer?.next
      if (typeof next === 'string') setCursors([...cursors, next])
    },
    previous: () => setCursors(cursors.slice(0, -1)),
    reload: () => setAsked((times) => times + 1),
  }
}
