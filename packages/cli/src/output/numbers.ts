const NUMBER = new Intl.NumberFormat('en-US')

export const count = (number: number) => NUMBER.format(number)

/** `1 signal`, `1,203 signals`. */
export const counted = (number: number, thing: string, things = `${thing}s`) =>
  `${count(number)} ${number === 1 ? thing : things}`
