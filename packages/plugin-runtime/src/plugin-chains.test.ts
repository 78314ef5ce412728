import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instanceOf, type Scope, testPlugin } from '../test/test-context.ts'
import { applicable } from './collect-plugins.ts'
import { byOrder } from './by-order.ts'
import { compilePlugins } from './compile-plugins.ts'
import type { PluginInstance } from './plugin.ts'

const R = { route: 'r' }
const S = { service: 's' }
const C = { consumer: 'c' }

/** Kong's eight levels, the most specific first. */
const LEVELS: readonly Scope[] = [
  { ...R, ...S, ...C },
  { ...R, ...C },
  { ...S, ...C },
  { ...R, ...S },
  C,
  R,
  S,
  {},
]

function chosen(instances: readonly PluginInstance[], at: Scope): string | undefined {
  const plugin = testPlugin('p', {})
  const chains = compilePlugins(instances, new Map([['p', plugin]]))
  const [entry] = chains.forRoute(at.route, at.service).entries
  const asked = at.consumer === undefined ? undefined : { id: at.consumer }
  return entry && applicable(entry, asked)?.instance.id
}

describe('which configuration applies', () => {
  it.each(LEVELS.map((scope, level) => ({ level: level + 1, scope })))(
    'level $level wins over all below it',
    ({ level, scope }) => {
      const instances = LEVELS.slice(level - 1).map((one) => instanceOf('p', one))
      expect(chosen(instances.reverse(), { ...R, ...S, ...C })).toBe(instanceOf('p', scope).id)
    },
  )

  it('is the first of the levels that exists and fits, whatever else there is', () => {
    const id = fc.option(fc.constantFrom('x', 'y'), { nil: undefined })
    const scope = fc.record({ route: id, service: id, consumer: id })
    fc.assert(
      fc.property(
        fc.uniqueArray(scope, { selector: (one) => JSON.stringify(one) }),
        scope,
        (scopes, at) => {
          const instances = scopes.map((one) => instanceOf('p', defined(one)))
          expect(chosen(instances, defined(at))).toBe(reference(instances, defined(at)))
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    { what: 'disabled', more: { enabled: false } },
    { what: 'for another subsystem', more: { protocols: ['tcp', 'tls'] } },
    { what: 'without protocols', more: { protocols: [] } },
  ])('is never one that is $what', ({ more }) => {
    expect(chosen([instanceOf('p', {}, more)], {})).toBeUndefined()
  })

  it.each([
    { limit: 'no_route', scope: R },
    { limit: 'no_service', scope: S },
    { limit: 'no_consumer', scope: C },
  ])('is never one bound where $limit says that none is', ({ limit, scope }) => {
    const plugin = { ...testPlugin('p', {}), [limit]: true }
    const chains = compilePlugins(
      [instanceOf('p', scope), instanceOf('p')],
      new Map([['p', plugin]]),
    )
    const [entry] = chains.forRoute('r', 's').entries
    expect(entry && applicable(entry, { id: 'c' })?.instance.id).toBe('p:-:-:-')
  })

  it('is worked out once for a Route', () => {
    const chains = compilePlugins([instanceOf('p')], new Map([['p', testPlugin('p', {})]]))
    expect(chains.forRoute('r', 's')).toBe(chains.forRoute('r', 's'))
  })

  it('is known before the request where no Consumer makes a difference', () => {
    const plugins = new Map([['p', testPlugin('p', {})]])
    const fixed = (scope: Scope): boolean =>
      compilePlugins([instanceOf('p', scope)], plugins).forRoute('r', 's').fixed !== undefined
    expect([fixed(R), fixed({}), fixed(C), fixed({ ...S, ...C })]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

describe('byOrder()', () => {
  it('puts the higher priority first, and of equal ones the greater name', () => {
    const plugins = [
      { name: 'a', priority: 1 },
      { name: 'b', priority: 1 },
      { name: 'B', priority: 1 },
      { name: 'c', priority: -1000 },
      { name: 'd', priority: 9999 },
    ]
    expect(plugins.toSorted(byOrder).map((plugin) => plugin.name)).toEqual([
      'd',
      'b',
      'a',
      'B',
      'c',
    ])
    expect(byOrder({ name: 'a', priority: 1 }, { name: 'a', priority: 1 })).toBe(0)
  })
})

describe('compilePlugins()', () => {
  it('hands what prepare answered to the handlers', () => {
    const plugin = { ...testPlugin('p', {}), prepare: (config: unknown) => ({ config }) }
    const chains = compilePlugins(
      [instanceOf('p', {}, { config: { a: 1 } })],
      new Map([['p', plugin]]),
    )
    expect(chains.global.plugins[0]?.prepared).toEqual({ config: { a: 1 } })
  })

  it('says which plugin could not be prepared', () => {
    const plugin = {
      ...testPlugin('p', {}),
      prepare: () => {
        throw new Error('no such function')
      },
    }
    expect(() => compilePlugins([instanceOf('p')], new Map([['p', plugin]]))).toThrow(
      'plugin "p" (p:-:-:-) cannot use its configuration: no such function',
    )
  })

  it('refuses a name that no plugin has, unless the instance is disabled', () => {
    expect(() => compilePlugins([instanceOf('p')], new Map())).toThrow(
      'plugin "p:-:-:-" has the name "p", which no plugin in use has',
    )
    expect(
      compilePlugins([instanceOf('p', {}, { enabled: false })], new Map()).global.plugins,
    ).toEqual([])
  })
})

/** Slow and obviously right: asks each level in turn. */
function reference(instances: readonly PluginInstance[], at: Scope): string | undefined {
  for (const { route, service, consumer } of LEVELS) {
    const wanted = instanceOf('p', {
      ...(route !== undefined && at.route !== undefined && { route: at.route }),
      ...(service !== undefined && at.service !== undefined && { service: at.service }),
      ...(consumer !== undefined && at.consumer !== undefined && { consumer: at.consumer }),
    }).id
    const isComplete =
      (route === undefined || at.route !== undefined) &&
      (service === undefined || at.service !== undefined) &&
      (consumer === undefined || at.consumer !== undefined)
    const found = isComplete && instances.find((instance) => instance.id === wanted)
    if (found !== false && found !== undefined) return found.id
  }
  return undefined
}

function defined(scope: { readonly [name in keyof Scope]: string | undefined }): Scope {
  return Object.fromEntries(Object.entries(scope).filter(([, id]) => id !== undefined))
}
