import type { FetchHandler } from './admin-listener.ts'

/**
 * The Status API: what health checks and dashboards may read, on an address of its own. The rest of
 * the Admin API is not there.
 *
 * @param metrics all metrics as text, asked for at each scrape
 * @see Kong Gateway docs, "Status API"
 */
export function createStatusApi(admin: FetchHandler, metrics: () => string): FetchHandler {
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return Response.json({ message: 'Method not allowed' }, { status: 405 })
      }
      // The listener opens after the first Snapshot is served, so whoever reaches it is ready.
      if (pathname === '/status/ready') return Response.json({ message: 'ready' })
      if (pathname === '/status') return withoutReason(await admin.fetch(request))
      if (pathname === '/metrics') return new Response(metrics(), { headers: PROMETHEUS })
      return Response.json({ message: 'Not found' }, { status: 404 })
    },
  }
}

/** Why a configuration is refused may quote it: that is for those who may read the configuration. */
async function withoutReason(answer: Response): Promise<Response> {
  const text = await answer.text()
  const status = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  const { headers, status: code } = answer
  if (!('configuration_problem' in status)) return new Response(text, { headers, status: code })
  const told = { ...status, configuration_problem: 'told by the Admin API' }
  return Response.json(told, { status: code })
}

const PROMETHEUS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }
