// Fastify: the error handler and the handler for unknown paths end in the same functions.
// Run it: node docs/examples/exit-transformer/fastify.ts, then curl -i localhost:3000/broken
import { createExitTransformer } from '@postern/exit-transformer'
import { bodiesByType } from '@postern/exit-transformer/ready-made'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

const transform = createExitTransformer({ functions: [bodiesByType()] })

/** An application whose errors are JSON, HTML, XML or text, as the client likes best. */
export function createApp(): FastifyInstance {
  const app = fastify()
  app.get('/hello', () => ({ hello: 'world' }))
  app.get('/broken', () => {
    throw new Error('out of <coffee>')
  })
  app.setNotFoundHandler((request, reply) =>
    answer(request, reply, { status: 404, message: 'Not found', reason: 'app.not_found' }),
  )
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) =>
    answer(request, reply, {
      status: error.statusCode ?? 500,
      message: error.message,
      reason: 'app.crashed',
    }),
  )
  return app
}

interface Failure {
  readonly status: number
  readonly message: string
  readonly reason: string
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, message, reason }: Failure,
): Promise<FastifyReply> {
  const { method, url, headers, id: requestId } = request
  const exit = await transform(
    { status, body: { message }, reason },
    { requestId, request: { method, path: url, headers } },
  )
  for (const [name, value] of Object.entries(exit.headers ?? {})) reply.header(name, value)
  return reply.code(exit.status).send(exit.body)
}

if (import.meta.main) await createApp().listen({ port: 3000 })
