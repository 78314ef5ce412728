/** The engine that whoever runs the tests has chosen; CI runs them with each. */
export const CHOSEN_ENGINE = process.env['POSTERN_HTTP_ENGINE'] ?? 'postern'

/** What does not hold, by engine: what is allowed, what is answered, and why. */
type Open = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Of the hostile requests. */
export const HOSTILE_REQUESTS_OPEN: Open = {
  node: {
    'ch-06': 'allowed 400, 413, 431; is 200: llhttp limits extensions chunk by chunk, 16 KiB each',
    'rl-01': 'allowed 400, 301; is 200: llhttp takes several spaces, and does not tell of them',
    'rl-46': 'allowed 400, 501, 505; is 200: llhttp takes RTSP for HTTP, and does not tell of it',
  },
  postern: {},
}

/** Of the hostile responses. */
export const HOSTILE_RESPONSES_OPEN: Open = {
  node: {
    'st-21': 'allowed 502; is 200: undici takes HTTP/0.9 in a status line, and does not tell of it',
    'hd-25': 'allowed 200; is 502: undici compares Content-Length with the white space around it',
  },
  postern: {},
}

/** Of the trailers of a Service that have to be lost. */
export const RESPONSE_TRAILERS_OPEN: Open = {
  node: {
    'Content-Length: 5':
      'allowed an answer without it; is a cut one: undici takes it for the length of the body',
  },
  postern: {},
}

/** Of the trailers of a client that have to be lost. */
export const REQUEST_TRAILERS_OPEN: Open = {
  node: {
    'Content-Length: 5': 'allowed 200; is 400: llhttp takes it for a second way to frame the body',
    'Transfer-Encoding: chunked': 'allowed 200; is 400: llhttp takes it for a second coding',
  },
  postern: {},
}

/** Of `oracle-http`: what is decided otherwise, and is answered as in Kong all the same. */
export const ORACLE_HTTP_AS_KONG: Open = {
  node: {
    'malformed-empty-lines-first':
      'decided 400; is 404: llhttp passes over any number of empty lines, and does not tell of them',
  },
  postern: {},
}
