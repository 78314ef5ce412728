import type { FetchHandler } from './admin-listener.ts'

/**
 * The Status API: what health checks and dashboards may read, on an address of its own. The rest of
 * the Admin API is not there.
 *
 * @see Kong Gateway docs, "Status API"
 */
export function createStatusApi(admin: FetchHandler): FetchHandler {
  return {
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return Response.json({ message: 'Method not allowed' }, { status: 405 })
      }
      // The listener opens after the first Snapshot is served, so whoever reaches it is ready.
      if (pathname === '/status/ready') return Response.json({ message: 'ready' })
      if (pathname === '/status') return admin.fetch(request)
      return Response.json({ message: 'Not found' }, { status: 404 })
    },
  }
}
