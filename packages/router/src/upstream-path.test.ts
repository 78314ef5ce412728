import { describe, expect, it } from 'vitest'
import { upstreamPath } from './upstream-path.ts'

/** Path of the Service, matched prefix, path of the request: what goes out stripped, and whole. */
const TABLE = [
  ['/', '/', '/', '/', '/'],
  ['/', '/', '/route', '/route', '/route'],
  ['/', '/', '/route/', '/route/', '/route/'],
  ['/', '/', '/routereq', '/routereq', '/routereq'],
  ['/', '/', '/route/req', '/route/req', '/route/req'],
  ['/', '/route', '/route', '/', '/route'],
  ['/', '/route', '/route/', '/', '/route/'],
  ['/', '/route', '/routereq', '/req', '/routereq'],
  ['/', '/route', '/route/req', '/req', '/route/req'],
  ['/', '/route/', '/route/', '/', '/route/'],
  ['/', '/route/', '/route/req', '/req', '/route/req'],
  ['/', '', '/', '/', '/'],
  ['/', '', '/route', '/route', '/route'],
  ['/', '', '/route/', '/route/', '/route/'],
  ['/', '', '/route/req', '/route/req', '/route/req'],
  ['/service', '/', '/', '/service', '/service'],
  ['/service', '/', '/route', '/service/route', '/service/route'],
  ['/service', '/', '/route/', '/service/route/', '/service/route/'],
  ['/service', '/', '/route/req', '/service/route/req', '/service/route/req'],
  ['/service', '/route', '/route', '/service', '/service/route'],
  ['/service', '/route', '/route/', '/service/', '/service/route/'],
  ['/service', '/route', '/routereq', '/service/req', '/service/routereq'],
  ['/service', '/route', '/route/req', '/service/req', '/service/route/req'],
  ['/service', '/route/', '/route/', '/service/', '/service/route/'],
  ['/service', '/route/', '/route/req', '/service/req', '/service/route/req'],
  ['/service', '', '/', '/service', '/service'],
  ['/service', '', '/route', '/service/route', '/service/route'],
  ['/service', '', '/route/', '/service/route/', '/service/route/'],
  ['/service', '', '/route/req', '/service/route/req', '/service/route/req'],
  ['/service/', '/', '/', '/service/', '/service/'],
  ['/service/', '/', '/route', '/service/route', '/service/route'],
  ['/service/', '/', '/route/', '/service/route/', '/service/route/'],
  ['/service/', '/', '/route/req', '/service/route/req', '/service/route/req'],
  // Kong/kong#13393: the trailing slash of the Service is lost here.
  ['/service/', '/route', '/route', '/service', '/service/route'],
  ['/service/', '/route', '/route/', '/service/', '/service/route/'],
  ['/service/', '/route', '/routereq', '/service/req', '/service/routereq'],
  ['/service/', '/route', '/route/req', '/service/req', '/service/route/req'],
  ['/service/', '/route/', '/route/', '/service/', '/service/route/'],
  ['/service/', '/route/', '/route/req', '/service/req', '/service/route/req'],
  ['/service/', '', '/', '/service/', '/service/'],
  ['/service/', '', '/route', '/service/route', '/service/route'],
  ['/service/', '', '/route/', '/service/route/', '/service/route/'],
  ['/service/', '', '/route/req', '/service/route/req', '/service/route/req'],
] as const

describe('upstreamPath()', () => {
  it.each(TABLE)('joins %s, less %s of %s, to %s, or to %s unstripped', (...row) => {
    const [path, prefix, requested, stripped, whole] = row
    const match = { service: { path }, prefix }
    const of = (strip_path: boolean): string =>
      upstreamPath({ ...match, route: { id: '1', strip_path } }, requested)
    expect([of(true), of(false)]).toEqual([stripped, whole])
  })

  it.each([
    { path: '/route../x', sent: '/svc/x' },
    { path: '/route./x', sent: '/svc/x' },
    { path: '/route..', sent: '/svc' },
    { path: '/route.', sent: '/svc' },
    { path: '/route.x', sent: '/svc/.x' },
    { path: '/route..x', sent: '/svc/..x' },
    { path: '/route../../x', sent: '/svc/../x' },
  ])('cuts one dot segment that stripping uncovers: $path', ({ path, sent }) => {
    const match = { route: { id: '1' }, service: { path: '/svc' }, prefix: '/route' }
    expect(upstreamPath(match, path)).toBe(sent)
  })

  it.each([
    { path: '/a b', sent: '/a%20b' },
    { path: "/!#$&'()*+,/:;=?@[]", sent: "/!#$&'()*+,/:;=?@[]" },
    { path: '/"<>\\^`{|}', sent: '/%22%3C%3E%5C%5E%60%7B%7C%7D' },
    { path: '/a%2Fb%zz', sent: '/a%2Fb%zz' },
    { path: '/a\r\n\0', sent: '/a%0D%0A%00' },
    { path: '/ø🐟', sent: '/%C3%B8%F0%9F%90%9F' },
    { path: '/\udcff', sent: '/%FF' },
  ])('escapes what a request line cannot hold: $path', ({ path, sent }) => {
    const match = { route: { id: '1', strip_path: false }, service: undefined, prefix: '' }
    expect(upstreamPath(match, path)).toBe(sent)
  })

  it.each(['grpc', 'grpcs'])('leaves the path of a request to %s alone', (protocol) => {
    const match = { route: { id: '1' }, service: { protocol, path: '/x' }, prefix: '/a' }
    expect(upstreamPath(match, '/a/b')).toBe('/a/b')
  })

  it.each([{}, { path: null }, { path: '' }])(
    'takes / for the path of a Service that is %o',
    (service) => {
      expect(upstreamPath({ route: { id: '1' }, service, prefix: '/a' }, '/a/b')).toBe('/b')
    },
  )
})
