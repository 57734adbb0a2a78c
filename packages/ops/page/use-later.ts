import { useEffect, useState } from 'preact/hooks'

const REST_MS = 250

/** Gives a value once it has not changed for a moment: nobody asks the server at each key. */
export function useLater<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), REST_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
