import type { Paged } from './paged.js'

/** Leads to the page before and the page after. */
export function Pager({ paged, children = '' }: { paged: Paged<{ readonly next: string | null }>; children?: string }) {
  const { answer, isFirst, next, previous } = paged
  const isLast = answer?.next === null || answer === undefined
  if (isFirst && isLast && children === '') return null
  return (
    <div class="pager">
      <span class="note" role="status">
        {children}
      </span>
      {!(isFirst && isLast) && (
        <>
          <button type="button" disabled={isFirst} onClick={previous}>
            Previous
          </button>
          <button type="button" disabled={isLast} onClick={next}>
            Next
          </button>
        </>
      )}
    </div>
  )
}
