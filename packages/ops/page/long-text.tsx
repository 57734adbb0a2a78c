const MOST_SHOWN = 240

/** Shows text of any length: where it is long, its beginning, and the rest for who opens it. */
export function LongText({ text }: { text: string }) {
  if (text.length <= MOST_SHOWN) return <span>{text}</span>
  return (
    <details class="long">
      <summary>{text.slice(0, MOST_SHOWN)}…</summary>
      {text.slice(MOST_SHOWN)}
    </details>
  )
}
