// hono: app.onError and app.notFound. Runs wherever hono does; here on Node.
// Run it: node docs/examples/exit-transformer/hono.ts, then curl -i localhost:3000/broken
import { serve } from '@hono/node-server'
import { createExitTransformer, type ExitLike } from '@postern/exit-transformer'
import { messagesByLanguage } from '@postern/exit-transformer/ready-made'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'

const transform = createExitTransformer({
  functions: [
    messagesByLanguage({
      catalogue: {
        en: { 'app.not_found': 'There is nothing here.', '*': 'Something went wrong.' },
        de: { 'app.not_found': 'Hier ist nichts.', '*': 'Etwas ist schiefgegangen.' },
      },
    }),
  ],
})

/** An application that tells its errors in the language of the client. */
export function createApp(): Hono {
  const app = new Hono()
  app.get('/hello', (c) => c.json({ hello: 'world' }))
  app.get('/broken', () => {
    throw new HTTPException(503, { message: 'the database is away' })
  })
  app.notFound((c) => answer(c, { status: 404, reason: 'app.not_found', body: { message: '' } }))
  app.onError((error, c) => {
    const status = error instanceof HTTPException ? error.status : 500
    return answer(c, { status, reason: 'app.crashed', body: { message: error.message } })
  })
  return app
}

async function answer({ req }: Context, failure: ExitLike): Promise<Response> {
  const { method, path } = req
  const exit = await transform(failure, { request: { method, path, headers: req.header() } })
  const headers = new Headers({ 'Content-Type': 'application/json' })
  for (const [name, value] of Object.entries(exit.headers ?? {})) headers.set(name, String(value))
  const body = typeof exit.body === 'string' ? exit.body : JSON.stringify(exit.body)
  return new Response(body, { status: exit.status, headers })
}

if (import.meta.main) serve({ fetch: createApp().fetch, port: 3000 })
