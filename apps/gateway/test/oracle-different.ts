import type { OracleAnswer } from '@postern/conformance'

/** A recorded exchange in which Postern answers otherwise on purpose. */
export interface Difference {
  readonly why: string
  readonly kong: string
  readonly postern: string
}

type Answer = OracleAnswer | null | undefined

/**
 * Two answers for a list that people read: status and the beginning of the body, and where these
 * are the same, what is not.
 */
export function shownAnswers(kong: Answer, postern: Answer): Omit<Difference, 'why'> {
  const shown = { kong: shownAnswer(kong), postern: shownAnswer(postern) }
  if (shown.kong !== shown.postern || !kong || !postern) return shown
  return {
    kong: [shown.kong, ...peculiar(kong, postern)].join(', '),
    postern: [shown.postern, ...peculiar(postern, kong)].join(', '),
  }
}

function shownAnswer(answer: Answer): string {
  if (answer === null || answer === undefined) return 'no answer'
  const body = withoutIds(answer.body)
  return body === ''
    ? String(answer.status)
    : `${answer.status} ${JSON.stringify(body.slice(0, SHOWN_LENGTH))}`
}

const SHOWN_LENGTH = 40

function withoutIds(body: string): string {
  return body
    .slice(0, 1000)
    .replace(/[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|<(?:request_id|uuid:\d+)>/g, 'ID')
}

/** What an answer has and another of the same status has not. */
function peculiar(answer: OracleAnswer, other: OracleAnswer): string[] {
  const [body, otherBody] = [withoutIds(answer.body), withoutIds(other.body)]
  const from = [...body].findIndex((letter, i) => letter !== otherBody[i])
  return [
    ...headersOf(answer).filter((line) => !headersOf(other).includes(line)),
    ...(from < 0 ? [] : [`at ${from} ${JSON.stringify(body.slice(from, from + SHOWN_LENGTH))}`]),
    ...(answer.extra_bytes ? [`then ${JSON.stringify(answer.extra_bytes)}`] : []),
    ...(answer.closes && !other.closes ? ['closes'] : []),
  ]
}

/** Of the others the comparison knows that they are never the same. */
function headersOf({ headers }: OracleAnswer): string[] {
  const own = headers.filter(([name]) => !/^(?:date|server|via|connection|x-kong-.*)$/i.test(name))
  return own.map(([name, value]) => `${name}: ${value}`)
}

const NO_BODY = 'an exit without a body has none; nginx puts a page of its own there'
const THROWN =
  'where header_filter throws, Kong closes the connection; nothing is sent yet, so a 500 can be'
const OFF = 'a function that may not run is refused when it is saved, so the request is proxied'
const PROXIED = '200 "{\\"ok\\":true,\\"path\\":\\"/\\"}"'
const CRASHED = '500 "{\\n  \\"message\\":\\"An unexpected error occur"'

/** Of `oracle-pdk`. */
export const DIFFERENT_PDK: ReadonlyMap<string, Difference> = new Map([
  different(
    'exit-204-string',
    'Kong sends the Content-Length of the body that a 204 does not have',
    '204, Content-Length: 8',
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
    '200 "123", then "45"',
    '200 "123", closes',
  ),
  different('exit-grpc-nil', NO_BODY, '403 "<html>\\r\\n<head><title>403 Forbidden</titl"', '403'),
  different(
    'phase-hf-exit-nil-headers',
    'in Kong the body of the Service follows a Content-Length of 0',
    '418, then "{\\"ok\\":true,\\"path\\":\\"/\\"}"',
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
    'phase-hf-set-header-cl',
    'Kong leaves bytes behind that the client reads as the next answer; the connection is closed',
    '200 "{\\"o", then "k\\":true,\\"path\\":\\"/\\"}"',
    '200 "{\\"o", closes',
  ),
  different(
    'phase-hf-set-status-100',
    'nginx sends an interim answer and no other; an answer of 1xx is none, so a 500 is sent',
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
    '400 "<!doctype html>\\n<html>\\n  <head>\\n    <met", Content-Length: 225, ' +
      'at 129 "<b>\\"q\\" & \'s\' \\\\ /.</p>\\n    <p>request_id:"',
    '400 "<!doctype html>\\n<html>\\n  <head>\\n    <met", Content-Length: 245, ' +
      'at 129 "&lt;b&gt;&quot;q&quot; &amp; \'s\' \\\\ /.</p"',
  ),
])

/** Of `oracle-functions`: with `off` nothing is saved that could not run, so each is proxied. */
const OFF_FUNCTIONS = [
  'untrusted-off-os-getenv',
  'untrusted-off-io-open',
  'untrusted-off-require-cjson',
  'untrusted-off-require-kong-tools',
  'untrusted-off-global-write',
  'untrusted-off-ngx-say',
  'untrusted-off-ngx-exit',
  'untrusted-off-load',
  'untrusted-off-dofile',
  'untrusted-off-collectgarbage',
  'untrusted-off-jit',
  'untrusted-off-pcall',
  'untrusted-off-kong-configuration',
  'untrusted-off-kong-cache',
  'untrusted-off-kong-log',
  'untrusted-off-kong-service',
  'untrusted-off-kong-vault',
  'untrusted-off-kong-nginx',
  'untrusted-off-kong-node',
  'untrusted-off-infinite-guard',
  'untrusted-off-unpack',
  'untrusted-off-package',
  'untrusted-off-module',
].map((id) => different(id, OFF, 'no answer', PROXIED))

/** Of `oracle-functions`: ruled out by a decision (docs/kong-parity.md). */
export const DECIDED_FUNCTIONS: ReadonlyMap<string, Difference> = new Map([
  ...OFF_FUNCTIONS,
  different(
    'untrusted-on-global-read',
    'each chunk has its own globals; in Kong the one that another configuration wrote is still there',
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
    'untrusted-sandbox-ngx-exit',
    NO_BODY,
    '403 "<html>\\r\\n<head><title>403 Forbidden</titl"',
    '403',
  ),
  different(
    'untrusted-sandbox-jit',
    'the sandbox is that of Kong 3.10, which has it',
    '200 "nil"',
    '200 "table"',
  ),
])

/** Of `oracle-functions`: everything else. */
export const OTHER_FUNCTIONS: ReadonlyMap<string, Difference> = new Map([
  different(
    'untrusted-on-string-dump',
    'there is no bytecode, and nothing that would take it',
    PROXIED,
    CRASHED,
  ),
  different('untrusted-on-ffi', 'there is no C to call', PROXIED, CRASHED),
])

function different(
  id: string,
  why: string,
  kong: string,
  postern: string,
): readonly [string, Difference] {
  return [id, { why, kong, postern }]
}
