import type { OracleAnswer } from '@postern/conformance'

/** A recorded exchange in which Postern answers otherwise on purpose. */
export interface Difference {
  readonly why: string
  readonly kong: string
  readonly postern: string
}

/** Status and the beginning of the body, for a list that people read. */
export function shownAnswer(answer: OracleAnswer | null | undefined): string {
  if (answer === null || answer === undefined) return 'no answer'
  const body = answer.body
    .slice(0, 1000)
    .replace(/[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|<(?:request_id|uuid:\d+)>/g, 'ID')
  return body === ''
    ? String(answer.status)
    : `${answer.status} ${JSON.stringify(body.slice(0, 40))}`
}

const NO_BODY = 'an exit without a body has none; nginx puts a page of its own there'
const THROWN =
  'where header_filter throws, Kong closes the connection; nothing is sent yet, so a 500 can be'
const OFF = 'a function that may not run is refused when it is saved, so the request is proxied'

/** Of `oracle-pdk`. */
export const DIFFERENT_PDK: ReadonlyMap<string, Difference> = new Map([
  different(
    'exit-204-string',
    'Kong sends the Content-Length of the body that a 204 does not have',
    '204',
    '204',
  ),
  different(
    'exit-499',
    'nginx closes the connection for 499; every status is sent',
    'no answer',
    '499 "{\\"message\\":\\"x\\"}"',
  ),
  different(
    'exit-headers-content-length-short',
    'Kong leaves bytes behind that the client reads as the next answer; the connection is closed',
    '200 "123"',
    '200 "123"',
  ),
  different('exit-grpc-nil', NO_BODY, '403 "<html>\\r\\n<head><title>403 Forbidden</titl"', '403'),
  different(
    'error-accept-grpc',
    'Kong sends an empty Content-Type; a client that asks for gRPC gets grpc-status',
    '403',
    '403',
  ),
  different(
    'phase-hf-exit-nil-headers',
    'in Kong the body of the Service follows a Content-Length of 0',
    '418',
    '418',
  ),
  different(
    'phase-hf-set-header-numname',
    THROWN,
    'no answer',
    '500 "An unexpected error occurred\\nrequest_id:"',
  ),
  different(
    'phase-hf-add-header-nil',
    THROWN,
    'no answer',
    '500 "An unexpected error occurred\\nrequest_id:"',
  ),
  different(
    'phase-hf-clear-header-nil',
    THROWN,
    'no answer',
    '500 "An unexpected error occurred\\nrequest_id:"',
  ),
  different(
    'phase-hf-set-headers-bad-value',
    THROWN,
    'no answer',
    '500 "An unexpected error occurred\\nrequest_id:"',
  ),
  different(
    'phase-hf-set-status-99',
    THROWN,
    'no answer',
    '500 "An unexpected error occurred\\nrequest_id:"',
  ),
  different(
    'phase-hf-set-status-600',
    THROWN,
    'no answer',
    '500 "An unexpected error occurred\\nrequest_id:"',
  ),
  different(
    'phase-hf-get-headers-max1001',
    THROWN,
    'no answer',
    '500 "An unexpected error occurred\\nrequest_id:"',
  ),
  different(
    'exit-nobody-402',
    NO_BODY,
    '402 "<html>\\r\\n<head><title>402 Payment Require"',
    '402',
  ),
  different('exit-nobody-404', NO_BODY, '404 "Not found\\nrequest_id: ID\\n"', '404'),
  different('exit-nobody-405', NO_BODY, '405 "Method not allowed\\nrequest_id: ID\\n"', '405'),
  different('exit-nobody-413', NO_BODY, '413 "Payload too large\\nrequest_id: ID\\n"', '413'),
  different(
    'exit-nobody-429',
    NO_BODY,
    '429 "<html>\\r\\n<head><title>429 Too Many Reques"',
    '429',
  ),
  different('exit-nobody-494', NO_BODY, '400 "Request header or cookie too large\\nreque"', '494'),
  different(
    'error-msg-special-html',
    'messages are escaped in HTML',
    '400 "<!doctype html>\\n<html>\\n  <head>\\n    <met"',
    '400 "<!doctype html>\\n<html>\\n  <head>\\n    <met"',
  ),
])

/** Of `oracle-functions`. */
export const DIFFERENT_FUNCTIONS: ReadonlyMap<string, Difference> = new Map([
  different('untrusted-on-os-getenv', 'nginx empties the environment', '200 "false"', '200 "true"'),
  different(
    'untrusted-on-global-read',
    'in Kong a global that another configuration wrote is still there',
    '200 "1"',
    '200 "nil"',
  ),
  different(
    'untrusted-on-ngx-exit',
    NO_BODY,
    '403 "<html>\\r\\n<head><title>403 Forbidden</titl"',
    '403',
  ),
  different(
    'untrusted-on-string-dump',
    'there is no bytecode',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    '500 "{\\n  \\"message\\":\\"An unexpected error occur"',
  ),
  different(
    'untrusted-on-module',
    'module() is not there: it changes the globals of others',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    '500 "{\\n  \\"message\\":\\"An unexpected error occur"',
  ),
  different(
    'untrusted-on-ffi',
    'there is no C to call',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
    '500 "{\\n  \\"message\\":\\"An unexpected error occur"',
  ),
  different(
    'untrusted-sandbox-ngx-exit',
    NO_BODY,
    '403 "<html>\\r\\n<head><title>403 Forbidden</titl"',
    '403',
  ),
  different('untrusted-sandbox-jit', 'as from Kong 3.10 on', '200 "nil"', '200 "table"'),
  different(
    'untrusted-sandbox-kong-db',
    'functions do not read the store',
    '200 "table"',
    '200 "nil"',
  ),
  different(
    'untrusted-off-os-getenv',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different('untrusted-off-io-open', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different(
    'untrusted-off-require-cjson',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different(
    'untrusted-off-require-kong-tools',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different(
    'untrusted-off-global-write',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different('untrusted-off-ngx-say', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different('untrusted-off-ngx-exit', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different('untrusted-off-load', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different('untrusted-off-dofile', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different(
    'untrusted-off-collectgarbage',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different('untrusted-off-jit', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different('untrusted-off-pcall', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different(
    'untrusted-off-kong-configuration',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different(
    'untrusted-off-kong-cache',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different('untrusted-off-kong-log', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different(
    'untrusted-off-kong-service',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different(
    'untrusted-off-kong-vault',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different(
    'untrusted-off-kong-nginx',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different(
    'untrusted-off-kong-node',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different(
    'untrusted-off-infinite-guard',
    OFF,
    'no answer',
    '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
  ),
  different('untrusted-off-unpack', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different('untrusted-off-package', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different('untrusted-off-module', OFF, 'no answer', '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'),
  different(
    'untrusted-sandbox-extended-os-getenv',
    'nginx empties the environment',
    '200 "false"',
    '200 "true"',
  ),
])

function different(
  id: string,
  why: string,
  kong: string,
  postern: string,
): readonly [string, Difference] {
  return [id, { why, kong, postern }]
}
