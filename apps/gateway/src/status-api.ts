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
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return Response.json({ message: 'Method not allowed' }, { status: 405 })
      }
      // The listener opens after the first Snapshot is served, so whoever reaches it is ready.
      if (pathname === '/status/ready') return Response.json({ message: 'ready' })
      if (pathname === '/status') return admin.fetch(request)
      if (pathname === '/metrics') return new Response(metrics(), { headers: PROMETHEUS })
      return Response.json({ message: 'Not found' }, { status: 404 })
    },
  }
}

const PROMETHEUS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }
