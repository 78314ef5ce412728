import { describe, expect, expectTypeOf, it } from 'vitest'
import { testPlugin } from '../test/test-context.ts'
import { definePlugin, type Kong } from './index.ts'

/** Never called: the compiler reads them. */
const CHECKED_BY_THE_COMPILER = {
  rewrite(kong: Kong<'rewrite'>) {
    kong.request.getHeader('a')
    kong.service.request.setHeader('a', 'b')
    expectTypeOf(kong.response.exit(200)).toBeNever()
    // @ts-expect-error: nobody has been authenticated yet
    kong.client.getConsumer()
    // @ts-expect-error: no Route is known yet
    kong.router.getRoute()
    // @ts-expect-error: there is no response yet
    kong.response.getStatus()
    // @ts-expect-error: the Service is chosen in access
    kong.service.setUpstream('u')
    kong.log('a')
    kong.log.setSerializeValue('a', 1)
    // @ts-expect-error: there is nothing to tell yet
    kong.log.serialize()
    // @ts-expect-error: the handshake is over
    kong.client.tls.requestClientCertificate()
  },
  access(kong: Kong<'access'>) {
    kong.client.authenticate(null, {})
    expectTypeOf(kong.response.error(400)).toBeNever()
    expectTypeOf(kong.response.error(400, '', {}, { leave: 'return' })).toBeVoid()
    // @ts-expect-error: there is no Service response yet
    kong.service.response.getStatus()
    // @ts-expect-error: body_filter alone sees the body
    kong.response.setRawBody('x')
    kong.client.tls.setClientVerify('NONE')
    kong.service.setTargetRetryCallback(() => undefined)
    expectTypeOf(kong.cache.get('a', {}, () => 1)).toEqualTypeOf<
      number | Promise<number> | undefined
    >()
    // @ts-expect-error: the connection is chosen later
    kong.service.request.disableTls()
    // @ts-expect-error: it is to be read
    kong.configuration.prefix = 'x'
  },
  header_filter(kong: Kong<'header_filter'>) {
    kong.response.getStatus()
    kong.service.response.getHeader('a')
    expectTypeOf(kong.response.exit).returns.toBeVoid()
    // @ts-expect-error: the request has gone
    kong.service.request.setPath('/')
    // @ts-expect-error: the body cannot be waited for
    kong.request.getBody()
  },
  body_filter(kong: Kong<'body_filter'>) {
    kong.response.setRawBody('x')
    // @ts-expect-error: the head has been sent
    kong.response.setHeader('a', 'b')
    // @ts-expect-error: it is too late for an exit
    kong.response.exit(200)
  },
  log(kong: Kong<'log'>) {
    kong.response.getStatus()
    // @ts-expect-error: the client has everything
    kong.response.setStatus(200)
    expectTypeOf(kong.log.serialize().latencies.proxy).toBeNumber()
    // @ts-expect-error: the request has gone
    kong.service.setTlsVerify(true)
    // @ts-expect-error: the client has everything
    kong.response.error(500)
  },
}

describe('Kong<Phase>', () => {
  it('has a row for each phase of a proxied request', () => {
    expect(Object.keys(CHECKED_BY_THE_COMPILER)).toHaveLength(5)
  })
})

describe('definePlugin()', () => {
  it('infers the configuration from the schema', () => {
    const plugin = definePlugin({
      name: 'greet',
      version: '1.0.0',
      priority: 1,
      schema: {
        fields: {
          config: {
            type: 'record',
            required: true,
            fields: { greeting: { type: 'string', required: true }, times: { type: 'integer' } },
          },
        },
      },
      access(_kong, config) {
        expectTypeOf(config.greeting).toEqualTypeOf<string>()
        expectTypeOf(config.times).toEqualTypeOf<number | null>()
      },
    })
    expect(plugin.name).toBe('greet')
  })

  it('refuses a response handler beside a filter', () => {
    const response = (): void => undefined
    expect(() => testPlugin('p', { response, header_filter: response })).toThrow(
      'plugin "p" has a response handler and header_filter or body_filter',
    )
    expect(() => testPlugin('p', { response, body_filter: response })).toThrow('one or the other')
  })
})
