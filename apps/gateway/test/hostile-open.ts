/** Cases that do not hold, by engine: what is allowed, what is answered, and why. */
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
