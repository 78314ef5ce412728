/** An exchange with APISIX in which Postern answers otherwise. */
export interface ApisixDifference {
  readonly why: string
  /** Each difference: what APISIX answered, in Kong's words (want), and what Postern does (got). */
  readonly differs: readonly string[]
}

const NONSENSE = 'a status that is not from 100 to 599 is nonsense: the function is skipped'
const NO_ANSWER = ['answer: want none, got 401']
const FRESH_HEADERS =
  'the values that a function answers are the Exit, and WWW-Authenticate is one of its headers'
const LOST = 'www-authenticate: want ["Key"], got []'
const NO_KEY = '{"message":"No API key found in request"}'

/** Ruled out by what is decided about exit-transformer; docs/apisix-parity.md tells where. */
export const DECIDED_APISIX: ReadonlyMap<string, ApisixDifference> = new Map([
  different('no-iife-returns-function', "a chunk of Kong's form works too", [
    'status: want 500, got 418',
  ]),
  different(
    'returns-nothing',
    'a function that returns nothing changes nothing; in APISIX it cancels the refusal',
    [
      'status: want 200, got 401',
      `body: want {"ok":true,"path":"/returns-nothing"}, got ${NO_KEY}`,
      'the Service: want one, got 0',
    ],
  ),
  different(
    'returns-nil-code',
    'a nil status leaves the status as it was, and the headers are new',
    ['status: want 200, got 401', LOST],
  ),
  different('code-1000', NONSENSE, NO_ANSWER),
  different('code-99', NONSENSE, NO_ANSWER),
  different('body-false', 'a body that is true or false is nonsense', [
    `body: want false, got ${NO_KEY}`,
  ]),
  different(
    'header-type-empty',
    'key-auth hands its headers to its exit, as in Kong; in APISIX they are set before',
    ['body: want {"n":0}, got {"n":2}'],
  ),
  different('header-number-value', FRESH_HEADERS, [LOST]),
  different('header-content-type', FRESH_HEADERS, [LOST]),
  different('chain-two', FRESH_HEADERS, [LOST]),
  different('response-rewrite-after', FRESH_HEADERS, [LOST]),
  different('throws-after-mutation', 'what a function changed before it threw is dropped', [
    'x-m: want ["1"], got []',
    `body: want {"message":"mutated"}, got ${NO_KEY}`,
  ]),
  different(
    'chain-nil-then-read',
    'a function that returns nothing changes nothing: the next one gets its input',
    [
      'body: want {"body":"nil","code":"nil","header":"nil"}, ' +
        'got {"code":"401","body":"table: ADDRESS","header":"table: ADDRESS"}',
    ],
  ),
  different(
    'meta-priority-low',
    'any exit of a plugin is transformed, whichever of the two would run first',
    ['status: want 401, got 418'],
  ),
  different('global-et-and-route-et-401', 'the most specific instance hides the others', [
    'status: want 412, got 411',
    'x-global: want ["g"], got []',
  ]),
])

/** What no decision rules out. */
export const OTHER_APISIX: ReadonlyMap<string, ApisixDifference> = new Map([
  different('baseline-key-auth-5', 'as in Kong, a key that is sent twice is refused', [
    'status: want 200, got 401',
    'www-authenticate: want [], got ["Key"]',
    'body: want {"ok":true,"path":"/baseline-key-auth"}, got {"message":"Duplicate API key found"}',
    'the Service: want one, got 0',
  ]),
  different('exit-body-only-string-transformed', 'as in Kong, an exit has a status', [
    'x-code: want ["nil"], got ["200"]',
  ]),
  different(
    'global-two-rules-404',
    'as in Kong, a second global instance is refused when it is saved; APISIX runs neither',
    ['POST /plugins: 409', 'status: want 404, got 405', 'x-g1: want [], got ["1"]'],
  ),
])

function different(
  id: string,
  why: string,
  differs: readonly string[],
): readonly [string, ApisixDifference] {
  return [id, { why, differs }]
}
