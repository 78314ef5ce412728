/** A GET with its fields. */
export function get(target: string, ...fields: string[]): string {
  return `${[`GET ${target} HTTP/1.1`, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`
}

/** A POST with its body and fields. */
export function post(target: string, body: string, ...fields: string[]): string {
  return `${[`POST ${target} HTTP/1.1`, 'Host: a', `Content-Length: ${body.length}`, ...fields].join('\r\n')}\r\n\r\n${body}`
}

/** The bodies of all answers, where none has an empty line in it. */
export function bodies(answers: string): string[] {
  return answers
    .split('\r\n\r\n')
    .slice(1)
    .map((text) => text.replace(/HTTP\/1\.1 [\s\S]*/, ''))
}

/** The statuses of all answers. */
export function statuses(answers: string): string[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status as string)
}
