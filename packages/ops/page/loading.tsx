/** Says that it waits, until the server has answered. */
export function Loading() {
  return (
    <div class="loading" role="status">
      Looking…
    </div>
  )
}
