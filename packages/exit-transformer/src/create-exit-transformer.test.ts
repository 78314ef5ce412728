import { describe, expect, it } from 'vitest'
import { createExitTransformer } from './create-exit-transformer.ts'
import type { CompiledExitFunction, CompileOptions } from './exit-function-engine.ts'

function quiet() {
  const lines: string[] = []
  return { lines, log: { err: (line: unknown) => void lines.push(String(line)) } }
}

describe('createExitTransformer()', () => {
  it('passes an answer through functions in order', () => {
    const transform = createExitTransformer({
      functions: [
        (status, body: { message: string }) => ({ body: { status, error: body.message } }),
        () => ({ headers: { 'X-Error': 'yes' } }),
      ],
    })
    expect(transform({ status: 404, body: { message: 'Not found' } })).toMatchObject({
      status: 404,
      body: { status: 404, error: 'Not found' },
      headers: { 'X-Error': 'yes' },
    })
    expect(transform.counters).toMatchObject([
      { calls: 1, failures: 0, kills: 0, changed: 1, skipped: 0 },
      { calls: 1, failures: 0, kills: 0, changed: 1, skipped: 0 },
    ])
  })

  it('gives functions copies, so that a function that fails half-way leaves no trace', () => {
    const { log, lines } = quiet()
    const body = { message: 'no key', list: [1] }
    const transform = createExitTransformer({
      log,
      functions: [
        (_status, seen: { message: string; list: number[] }, headers) => {
          seen.message = 'changed'
          seen.list.push(2)
          if (headers !== undefined) {
            headers['X-A'] = 'changed'
            ;(headers['X-List'] as string[]).push('changed')
          }
          throw new Error('half-way')
        },
      ],
    })
    const headers = { 'X-A': '1', 'X-List': ['1'] }
    const exit = transform({ status: 401, body, headers })
    expect(exit).toMatchObject({ status: 401, body: { message: 'no key', list: [1] } })
    expect(exit).toMatchObject({ headers: { 'X-A': '1', 'X-List': ['1'] } })
    expect(lines).toEqual(['exit-transformer[1] failed and was skipped: half-way'])
  })

  it('checks what a function has put into the headers it was given', () => {
    const transform = createExitTransformer({
      functions: [
        (status, body, headers = {}) => {
          ;(headers['X-List'] as string[]).push('2\r\nX-Evil: 1')
          return [status, body, headers]
        },
      ],
    })
    const exit = transform({ status: 401, headers: { 'X-List': ['1'] } })
    expect(exit).toMatchObject({ headers: { 'X-List': ['1', '2%0D%0AX-Evil: 1'] } })
  })

  it('tells functions why there is an answer, and what the caller knows of the request', () => {
    const transform = createExitTransformer({
      functions: [
        (_s, _b, _h, exit) => ({ body: `${exit.reason} ${exit.requestId} ${exit.phase}` }),
      ],
    })
    const exit = transform({ status: 401, reason: 'key-auth.no_key' }, { requestId: 'cafe' })
    expect(exit).toMatchObject({ body: 'key-auth.no_key cafe access' })
  })

  it('reads Accept from the headers of the request, and hides secrets from functions', () => {
    const transform = createExitTransformer({
      functions: [(_s, _b, _h, { request }) => ({ body: { ...request } })],
    })
    const headers = { Accept: 'text/html', 'accept-language': 'de', Cookie: 'a=b' }
    const request = { path: '/a', headers, query: { apikey: 'x', y: '1' } }
    expect(transform({ status: 404 }, { request })).toMatchObject({
      body: {
        method: 'GET',
        path: '/a',
        accept: 'text/html',
        acceptLanguage: 'de',
        headers: { accept: 'text/html', cookie: 'REDACTED' },
        query: { apikey: 'REDACTED', y: '1' },
      },
    })
  })

  it('answers a promise when a function does', async () => {
    const transform = createExitTransformer({ functions: [async () => [402]] })
    const exit = transform({ status: 401 })
    expect(exit).toBeInstanceOf(Promise)
    expect(await exit).toMatchObject({ status: 402 })
  })

  /** An engine for a language in which a source is just a number: the new status. */
  const engine = {
    compile: (source: string): CompiledExitFunction => {
      if (Number.isNaN(Number(source))) throw new Error(`${source} is no number`)
      return ({ body, headers }) => ({ kind: 'triple', status: Number(source), body, headers })
    },
  }

  it('takes sources beside functions where it has an engine', () => {
    const transform = createExitTransformer({
      functions: ['418', (status) => ({ body: { status } }), '402'],
      engine,
    })
    expect(transform({ status: 404 })).toMatchObject({ status: 402, body: { status: 418 } })
    expect(transform.counters.map(({ changed }) => changed)).toEqual([1, 1, 1])
  })

  it('tells the engine name, deadline and language', () => {
    const told: CompileOptions[] = []
    const compile = (source: string, options: CompileOptions): CompiledExitFunction => {
      told.push(options)
      return engine.compile(source)
    }
    createExitTransformer({ functions: ['402'], engine: { compile } })
    createExitTransformer({ functions: [() => {}, '402'], engine: { compile }, timeoutMs: 7 })
    const same = { language: 'auto', isShadow: false }
    expect(told).toEqual([
      { name: 'exit-transformer[1]', timeoutMs: 50, ...same },
      { name: 'exit-transformer[2]', timeoutMs: 7, ...same },
    ])
  })

  it('refuses a source without an engine, and one that does not compile', () => {
    const functions = [() => {}, '402']
    expect(() => createExitTransformer({ functions })).toThrow(
      expect.objectContaining({
        code: 'POSTERN_EXIT_TRANSFORMER_ENGINE_MISSING',
        message: expect.stringMatching(/^function 2 is a source/),
      }),
    )
    expect(() => createExitTransformer({ functions: ['teapot'], engine })).toThrow('teapot')
  })
})
