import type { ComponentChildren } from 'preact'

/** Shows a word or a number in a colour. */
export function Pill({ tone = 'plain', children }: { tone?: string; children: ComponentChildren }) {
  return <span class={`pill ${tone}`}>{children}</span>
}
