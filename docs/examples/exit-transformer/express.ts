// Express: one error handler through which every error of the application goes.
// Run it: node docs/examples/exit-transformer/express.ts, then curl -i localhost:3000/broken
import { randomUUID } from 'node:crypto'
import { createExitTransformer } from '@postern/exit-transformer'
import { problemJson } from '@postern/exit-transformer/ready-made'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'

const transform = createExitTransformer({
  functions: [
    // Nobody outside needs to know what broke.
    (status, _body, headers) => {
      if (status >= 500) return [status, { message: 'Please try again later' }, headers]
    },
    problemJson({ types: 'https://example.com/errors/' }),
  ],
})

/** An application with a page, a page that fails, and its errors as problem+json. */
export function createApp(): Express {
  const app = express()
  app.get('/hello', (_req, res) => void res.json({ hello: 'world' }))
  app.get('/broken', () => {
    throw new Error('password authentication failed for user "app"')
  })
  app.use(notFound)
  app.use(errorHandler)
  return app
}

const notFound: RequestHandler = (req, _res, next) => {
  next(Object.assign(new Error(`There is no ${req.path} here`), { status: 404 }))
}

/** Express knows an error handler by its four parameters. */
const errorHandler: ErrorRequestHandler = async (error, req, res, next) => {
  // Half an answer is out: Express cuts the connection.
  if (res.headersSent) return next(error)
  const { status = 500, message } = error as { status?: number; message: string }
  const exit = await transform(
    { status, body: { message }, reason: status === 404 ? 'app.not_found' : 'app.crashed' },
    {
      requestId: randomUUID(),
      request: { method: req.method, path: req.path, headers: req.headers },
    },
  )
  res.status(exit.status)
  for (const [name, value] of Object.entries(exit.headers ?? {})) res.set(name, String(value))
  res.send(exit.body)
}

if (import.meta.main) createApp().listen(3000)
