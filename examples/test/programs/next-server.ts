// Calls the middleware as Next.js does: before every page.
import { createServer } from 'node:http'
import { proxy } from '../../next-middleware.js'

createServer(async (request, response) => {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)])
  const answer = proxy(new Request(`http://127.0.0.1${request.url}`, { headers }))
  response.writeHead(answer?.status ?? 200)
  response.end(answer === undefined ? 'Welcome\n' : await answer.text())
}).listen(Number(process.env.PORT), '127.0.0.1')
