let format: Intl.NumberFormat | undefined

/** `1,203`. What needs no comma does without the formatter, which takes as long as storing a signal. */
export function count(number: number): string {
  if (Math.abs(number) < 1_000) return String(number)
  format ??= new Intl.NumberFormat('en-US')
  return format.format(number)
}

/** `1 signal`, `1,203 signals`. */
export const counted = (number: number, thing: string, things = `${thing}s`) =>
  `${count(number)} ${number === 1 ? thing : things}`
