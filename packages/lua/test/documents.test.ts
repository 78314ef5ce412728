import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLua, type HostValue, type LuaFunction } from '../src/index.ts'

const source = (name: string): string =>
  readFileSync(new URL(`documents/${name}.lua`, import.meta.url), 'utf8')

/** A function as Kong's documents print it: the chunk returns it. */
function kongFunction(name: string, accept?: HostValue): LuaFunction {
  const kong = { request: { get_header: () => accept } }
  const [fn] = createLua({ globals: { kong } }).compile(source(name), name).call()
  return fn as LuaFunction
}

const refusal = { message: 'No API key found in request' }

describe('the functions printed in the documents of the exit-transformer', () => {
  it.each<{ name: string; input: HostValue[]; output: HostValue[] }>([
    { name: 'kong-identity', input: [401, refusal], output: [401, refusal, undefined] },
    { name: 'kong-identity', input: [401], output: [401, undefined, undefined] },
    {
      name: 'kong-status-in-body',
      input: [401, refusal, { a: 'b' }],
      output: [200, { ...refusal, status: 401 }, { a: 'b' }],
    },
    { name: 'kong-status-in-body', input: [401, 'text'], output: [401, 'text', undefined] },
    {
      name: 'kong-particular-messages',
      input: [401, refusal],
      output: [418, { message: 'Please provide an API key' }, { 'x-some-header': 'some value' }],
    },
    {
      name: 'kong-particular-messages',
      input: [401, { message: 'Invalid authentication credentials' }],
      output: [401, { message: 'Invalid API key' }, undefined],
    },
    {
      name: 'kong-modify-regardless',
      input: [500],
      output: [
        500,
        { message: 'This replaces a formerly empty body' },
        { 'X-Message': 'This adds X-Message to an empty set of headers' },
      ],
    },
    {
      name: 'kong-modify-regardless',
      input: [500, { message: 'x' }, { a: '1' }],
      output: [
        500,
        { message: 'This replaces a formerly non-empty body' },
        { a: '1', 'X-Message': 'This adds X-Message to an existing set of headers' },
      ],
    },
    {
      name: 'kong-arr',
      input: [401, refusal],
      output: [
        401,
        { error: true, status: 401, message: 'No API key found in request, arr!' },
        { 'x-some-header': 'some value' },
      ],
    },
  ])('$name answers for $input', ({ name, input, output }) => {
    expect(kongFunction(name).call(...input)).toEqual(output)
  })

  it.each<{ name: string; input: HostValue[]; output: HostValue[] }>([
    { name: 'apisix-form', input: [401, refusal, {}], output: [401, refusal, {}] },
    { name: 'apisix-remap', input: [401, refusal, {}], output: [403, refusal, {}] },
    { name: 'apisix-remap', input: [404, refusal], output: [404, refusal, undefined] },
    {
      name: 'apisix-normalize',
      input: [401, refusal],
      output: [
        401,
        { error: true, status: 401, message: 'No API key found in request' },
        { 'X-Error-Code': '401' },
      ],
    },
    {
      name: 'apisix-normalize',
      input: [502, 'text', { a: 'b' }],
      output: [
        502,
        { error: true, status: 502, message: 'request failed' },
        { a: 'b', 'X-Error-Code': '502' },
      ],
    },
  ])('$name, run as a chunk, answers for $input', ({ name, input, output }) => {
    expect(
      createLua()
        .compile(source(name), name)
        .call(...input),
    ).toEqual(output)
  })

  it('raises for a message that the table of the document lacks, at the line of the fault', () => {
    expect(() => kongFunction('kong-particular-messages').call(404, { message: 'other' })).toThrow(
      "kong-particular-messages:20: attempt to index local 'response' (a nil value)",
    )
  })
})

describe('the document that chooses by MIME type', () => {
  it.each([
    {
      accept: 'application/json',
      status: 401,
      output: [401, { status: 401, error: 'Unauthorized' }, undefined],
    },
    {
      accept: 'application/json, text/html',
      status: 400,
      output: [400, { status: 400, error: 'Bad request' }, undefined],
    },
    {
      accept: ['application/json'],
      status: 404,
      output: [404, { status: 404, error: '404' }, undefined],
    },
    { accept: 'image/png', status: 401, output: [401, refusal, undefined] },
    { accept: 'application/json', status: 200, output: [200, refusal, undefined] },
  ])('answers JSON for $accept and $status', ({ accept, status, output }) => {
    expect(kongFunction('kong-mime-types', accept).call(status, refusal)).toEqual(output)
  })

  it('renders the page for text/html', () => {
    const [status, page] = kongFunction('kong-mime-types', 'text/html').call(401, refusal)
    expect(status).toBe(401)
    expect(page).toContain('<h1>HTTP 401</h1>\n    <p>Unauthorized</p>')
  })

  it('raises without an Accept header, as in Kong', () => {
    expect(() => kongFunction('kong-mime-types').call(401, refusal)).toThrow(
      "argument 1 expected a 'string' got a 'nil'",
    )
  })
})
