import { renderStreamExit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { testContext, testPlugin } from '../test/test-context.ts'
import { type Kong, runPhase } from './index.ts'

/** What becomes of a connection that a plugin ends in preread. */
function ended(preread: (kong: Kong<'preread'>) => void) {
  const { ctx, lines } = testContext({ plugins: [testPlugin('p', { preread })] })
  void runPhase(ctx, 'preread')
  return { end: ctx.exit && renderStreamExit(ctx.exit), lines, exit: ctx.exit }
}

/** Kong Gateway docs, PDK reference, "kong.response.exit": L4 proxy mode. */
describe('an exit in preread', () => {
  it.each([200, 400, 403])('with %s sends its body to the client', (status) => {
    const { end } = ended((kong) => kong.response.exit(status, 'text'))
    expect(end).toEqual({ status, output: 'text', logged: undefined })
  })

  it.each([500, 502, 503])('with %s logs its body, and sends nothing', (status) => {
    const { end } = ended((kong) => kong.response.exit(status, 'text'))
    const logged = `unable to proxy stream connection, status: ${status}, err: text`
    expect(end).toEqual({ status, output: undefined, logged })
  })

  it.each([200, 500])('with %s and no body does neither', (status) => {
    const { end } = ended((kong) => kong.response.exit(status))
    expect(end).toEqual({ status, output: undefined, logged: undefined })
  })

  it('keeps bytes as they are', () => {
    const bytes = Buffer.from([0, 255])
    expect(ended((kong) => kong.response.exit(200, bytes)).end?.output).toBe(bytes)
  })

  it.each<readonly [what: string, call: (kong: Kong<'preread'>) => void, message: string]>([
    ['a table', (kong) => kong.response.exit(200, { a: 1 }), 'L4 has no JSON encoding'],
    ['a list', (kong) => kong.response.exit(200, []), 'L4 has no JSON encoding'],
    ['a number for a body', (kong) => kong.response.exit(200, 5 as never), 'body must be'],
    ...[100, 201, 204, 401, 404, 501, 599].map(
      (status) =>
        [
          `status ${status}`,
          (kong: Kong<'preread'>) => kong.response.exit(status),
          'unacceptable code, only 200, 400, 403, 500, 502 and 503 are accepted',
        ] as const,
    ),
    ['a text for a status', (kong) => kong.response.exit('200' as never), 'code must be a number'],
  ])('refuses %s, and the connection is not proxied', (_, call, message) => {
    const { end, lines } = ended(call)
    expect(lines.join()).toContain(message)
    expect(end).toEqual({
      status: 500,
      output: undefined,
      logged: 'unable to proxy stream connection, status: 500, err: An unexpected error occurred',
    })
  })

  it('has no headers, and does not look at them', () => {
    const { exit } = ended((kong) => kong.response.exit(200, 'x', 5 as never))
    expect(exit).toMatchObject({ status: 200, headers: undefined })
  })
})
