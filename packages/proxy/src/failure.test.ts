import { describe, expect, it } from 'vitest'
import { failureOf } from './failure.ts'

function withCode(code: string, message = 'm'): Error {
  return Object.assign(new Error(message), { code })
}

const unreachable = new AggregateError([withCode('ECONNREFUSED', 'refused at ::1')], '')

describe('failureOf()', () => {
  it.each([
    { error: withCode('ETIMEDOUT'), sent: false, hasHead: false, kind: 'connect-timeout' },
    { error: withCode('ETIMEDOUT'), sent: true, hasHead: false, kind: 'timeout' },
    { error: withCode('ECONNRESET'), sent: false, hasHead: false, kind: 'connect' },
    { error: withCode('ECONNRESET'), sent: true, hasHead: false, kind: 'reset' },
    { error: withCode('EPIPE'), sent: true, hasHead: false, kind: 'reset' },
    { error: withCode('EAI_AGAIN'), sent: false, hasHead: false, kind: 'dns' },
    { error: withCode('CERT_HAS_EXPIRED'), sent: false, hasHead: false, kind: 'connect' },
    { error: withCode('ERR_ASSERTION'), sent: true, hasHead: false, kind: 'invalid' },
    {
      error: withCode('UND_ERR_SOCKET', 'bad response'),
      sent: true,
      hasHead: false,
      kind: 'invalid',
    },
    {
      error: withCode('UND_ERR_SOCKET', 'other side closed'),
      sent: true,
      hasHead: false,
      kind: 'reset',
    },
    {
      error: withCode('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'),
      sent: true,
      hasHead: true,
      kind: 'reset',
    },
    {
      error: withCode('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'),
      sent: true,
      hasHead: false,
      kind: 'invalid',
    },
    {
      error: withCode('UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'),
      sent: true,
      hasHead: false,
      kind: 'body',
    },
    { error: 'a string', sent: true, hasHead: false, kind: 'reset' },
    { error: undefined, sent: false, hasHead: false, kind: 'connect' },
  ])('calls $error, sent $sent, $kind', ({ error, sent, hasHead, kind }) => {
    expect(failureOf(error, { sent, hasHead })).toMatchObject({ kind, sent, cause: error })
  })

  it('takes the message of the first address where several failed', () => {
    const progress = { sent: false, hasHead: false }
    expect(failureOf(unreachable, progress)).toMatchObject({ message: 'refused at ::1' })
  })
})
