import type { Difference } from './oracle-different.ts'

/** Of `oracle-http`. */
export const DIFFERENT_HTTP: ReadonlyMap<string, Difference> = new Map([
  [
    'malformed-bad-version',
    {
      why: 'the answer is an Exit like any other, and no page of nginx',
      kong: '505 "<html>\\r\\n<head><title>505 HTTP Version No"',
      postern: '505 "HTTP version not supported\\nrequest_id: I"',
    },
  ],
  [
    'malformed-empty-lines-first',
    {
      why: 'one empty line before a request is passed over (RFC 9112, 2.2); more are none of a client',
      kong: '404 "{\\n  \\"message\\":\\"no Route matched with tho"',
      postern: '400 "Bad request\\nrequest_id: ID\\n"',
    },
  ],
  [
    'malformed-http2-preface-like',
    {
      why: 'the answer is an Exit like any other, and no page of nginx',
      kong: '505 "<html>\\r\\n<head><title>505 HTTP Version No"',
      postern: '505 "HTTP version not supported\\nrequest_id: I"',
    },
  ],
  [
    'malformed-te-gzip-chunked',
    {
      why: 'nginx puts a page of its own there',
      kong: '501 "<html>\\r\\n<head><title>501 Not Implemented"',
      postern: '501 "Not implemented\\nrequest_id: ID\\n"',
    },
  ],
  [
    'malformed-lf-only',
    {
      why: 'lines end in CRLF (RFC 9112, 2.2)',
      kong: '404 "{\\n  \\"message\\":\\"no Route matched with tho"',
      postern: '400 "Bad request\\nrequest_id: ID\\n"',
    },
  ],
  [
    'malformed-uri-too-long',
    {
      why: 'the head is over its limit before the target is known',
      kong: '414 "URI too long\\nrequest_id: ID\\n"',
      postern: '431 "Request header fields too large\\nrequest_"',
    },
  ],
  [
    'malformed-header-too-large',
    {
      why: 'nginx has a status and a text of its own, 494; the status of RFC 6585 is sent',
      kong: '400 "Request header or cookie too large\\nreque"',
      postern: '431 "Request header fields too large\\nrequest_"',
    },
  ],
  [
    'malformed-port-in-host-bad',
    {
      why: 'a port that is no number is no port (RFC 9110, 7.2)',
      kong: '404 "{\\n  \\"message\\":\\"no Route matched with tho"',
      postern: '400 "Bad request\\nrequest_id: ID\\n"',
    },
  ],
  [
    'malformed-on-route-bad-chunk',
    {
      why: 'the request was not sent to the Service, so that there is no latency of it',
      kong: '400 "Bad request\\nrequest_id: ID\\n"',
      postern: '400 "Bad request\\nrequest_id: ID\\n"',
    },
  ],
  [
    'malformed-on-route-hdr-too-large',
    {
      why: 'nginx has a status and a text of its own, 494; the status of RFC 6585 is sent',
      kong: '400 "Request header or cookie too large\\nreque"',
      postern: '431 "Request header fields too large\\nrequest_"',
    },
  ],
  [
    'hop-upgrade-websocket',
    {
      why: 'the Service of the replay does not switch protocols; test/streaming.test.ts has one that does',
      kong: '101',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    },
  ],
  [
    'hop-upgrade-websocket-upper',
    {
      why: 'the Service of the replay does not switch protocols; test/streaming.test.ts has one that does',
      kong: '101',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    },
  ],
  [
    'hop-te-gzip',
    {
      why: 'nginx puts a page of its own there',
      kong: '501 "<html>\\r\\n<head><title>501 Not Implemented"',
      postern: '501 "Not implemented\\nrequest_id: ID\\n"',
    },
  ],
  [
    'fwd-xff-two',
    {
      why: 'all lines of X-Forwarded-For are kept, not only the first',
      kong: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    },
  ],
  [
    'fwd-x-kong-headers',
    {
      why: 'a client cannot say who it is; docs/kong-parity.md, Proxying',
      kong: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    },
  ],
  [
    'fwd-nonascii-header',
    {
      why: 'the recording was sent as UTF-8, the replay sends Latin-1',
      kong: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    },
  ],
  [
    'fwd-expect-100',
    {
      why: 'the replay does not read interim answers; test/proxying.test.ts does',
      kong: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
      postern: 'no answer',
    },
  ],
  [
    'resp-header-x-accel',
    {
      why: 'headers that steer nginx mean nothing here',
      kong: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}", X-Accel-Redirect: /foo',
    },
  ],
  [
    'resp-header-x-accel-buf',
    {
      why: 'headers that steer nginx mean nothing here',
      kong: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}", X-Accel-Buffering: no',
    },
  ],
  [
    'resp-header-ctype-none',
    {
      why: 'nginx leaves an empty Content-Type out',
      kong: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
      postern: '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}", Content-Type: ',
    },
  ],
  [
    'malformed-header-too-large-accept-any',
    {
      why: 'nginx has a status and a text of its own, 494; the status of RFC 6585 is sent',
      kong: '400 "{\\n  \\"message\\":\\"Request header or cookie "',
      postern: '431 "Request header fields too large\\nrequest_"',
    },
  ],
])
