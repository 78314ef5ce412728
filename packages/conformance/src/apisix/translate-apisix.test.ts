import { describe, expect, it } from 'vitest'
import { loadApisix } from '../load-apisix.ts'
import type { ApisixCase, ApisixConfig } from './apisix-case.ts'
import { translateApisix } from './translate-apisix.ts'

const UPSTREAM = { nodes: { '127.0.0.1:28100': 1 } }

function calls(config: ApisixConfig): unknown[] {
  const request = { method: 'GET', target: '/', headers: [] }
  const recorded: ApisixCase = { id: 'x', config, request, answer: null, upstream: null }
  return translateApisix(recorded).config.map(({ path, json }) => [path, json])
}

describe('translateApisix()', () => {
  it('makes Service, Route, plugins and Consumers, and validates functions before', () => {
    const functions = ['return ...']
    const plugins = { 'exit-transformer': { functions, _meta: { disable: true } } }
    const disabled = {
      name: 'exit-transformer',
      config: { functions, handle_unknown: false },
      enabled: false,
    }
    expect(
      calls({
        routes: [{ id: 'r', uris: ['/a', '/a/*'], plugins, upstream: UPSTREAM }],
        consumers: [{ username: 'bob', plugins: { 'key-auth': { key: 'k' } } }],
      }),
    ).toEqual([
      ['/schemas/plugins/validate', disabled],
      ['/services', { name: 'r', url: 'http://127.0.0.1:18100' }],
      [
        '/routes',
        {
          name: 'r',
          service: { name: 'r' },
          paths: ['~/a$', '/a/'],
          strip_path: false,
          preserve_host: true,
        },
      ],
      ['/routes/r/plugins', disabled],
      ['/consumers', { username: 'bob' }],
      ['/consumers/bob/key-auth', { key: 'k' }],
    ])
  })

  it('lets global functions see Routes that do not exist', () => {
    const global_rules = [{ id: '1', plugins: { 'exit-transformer': { functions: [] } } }]
    expect(calls({ routes: [], global_rules })).toContainEqual([
      '/plugins',
      { name: 'exit-transformer', config: { functions: [], handle_unknown: true } },
    ])
  })

  it.each([
    ['core.response.exit(403, {a=1})', 'kong.response.exit(403, {a=1})'],
    ['core.response.exit("text")', 'kong.response.exit(200, "text")'],
    ['core.response.exit(403, false)', 'kong.response.exit(403, "false")'],
    ['core.response.say("said")', 'ngx.print("said")'],
    ['return 418, {a=1} end', 'kong.response.exit(418, {a=1}) end'],
  ])('tells %s as %s', (apisix, kong) => {
    const plugins = { 'serverless-pre-function': { phase: 'access', functions: [apisix] } }
    expect(calls({ routes: [{ id: 'r', uri: '/a', plugins }] })).toContainEqual([
      '/routes/r/plugins',
      { name: 'pre-function', config: { access: [kong] } },
    ])
  })

  it('names a plugin that it does not know', () => {
    expect(() => calls({ routes: [{ id: 'r', uri: '/a', plugins: { tea: {} } }] })).toThrow('tea')
  })

  it('translates all 88 exchanges', () => {
    const all = loadApisix().map(translateApisix)
    expect(all).toHaveLength(88)
    expect(all.filter(({ refused }) => refused === true)).toHaveLength(3)
  })
})
