import type { PluginOrdering } from '@postern/entities'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consumer, instanceOf, testContext, testPlugin } from '../test/test-context.ts'
import { runPhase } from './index.ts'
import { findOrderingCycle, orderPlugins } from './order-plugins.ts'
import type { PluginInstance } from './plugin.ts'

/** a b c d e, of falling priority. */
const NAMES = ['a', 'b', 'c', 'd', 'e']

const before = (...access: string[]): PluginOrdering => ({ before: { access } })
const after = (...access: string[]): PluginOrdering => ({ after: { access } })

function ordered(orderings: Readonly<Record<string, PluginOrdering | null>>): string {
  const instances = Object.entries(orderings).map(([name, ordering]) =>
    instanceOf(name, {}, { ordering }),
  )
  return orderPlugins(NAMES, instances).join('')
}

describe('orderPlugins()', () => {
  it.each<readonly [what: string, Record<string, PluginOrdering | null>, order: string]>([
    ['nothing', {}, 'abcde'],
    ['null', { a: null }, 'abcde'],
    ['empty lists', { a: { before: {}, after: { access: null } } }, 'abcde'],
    ['what is so already', { a: before('b'), c: after('b') }, 'abcde'],
    ['d before b: only d moves', { d: before('b') }, 'adbce'],
    ['d before several', { d: before('c', 'a') }, 'dabce'],
    ['two before one keep their order', { e: before('b'), d: before('b') }, 'adebc'],
    ['a after c: only a moves', { a: after('c') }, 'bcade'],
    ['a after several', { a: after('b', 'd') }, 'bcdae'],
    ['two after one keep their order', { a: after('c'), b: after('c') }, 'cabde'],
    ['a chain', { e: before('d'), d: before('a') }, 'edabc'],
    ['both at once', { c: { ...before('a'), ...after('e') } }, 'ecabd'],
    ['a plugin that is not there', { a: after('x'), e: before('y') }, 'abcde'],
  ])('follows %s', (_, orderings, order) => {
    expect(ordered(orderings)).toBe(order)
  })

  it.each<readonly [Record<string, PluginOrdering>, message: string]>([
    [{ a: before('a') }, '"a" before "a"'],
    [{ a: before('b'), b: before('a') }, '"a" before "b" before "a"'],
    [{ a: before('b'), c: after('b'), d: { ...after('c'), ...before('a') } }, 'before'],
  ])('refuses circles: %j', (orderings, message) => {
    expect(() => ordered(orderings)).toThrow('the ordering of plugins goes in circles: ')
    expect(() => ordered(orderings)).toThrow(message)
  })

  it('keeps every wish, and the order of the others, or refuses', () => {
    const list = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 })
    const ordering = fc.record({ before: fc.record({ access: list }) })
    const late = fc.record({ after: fc.record({ access: list }) })
    const one = fc.tuple(fc.constantFrom(...NAMES), fc.oneof(ordering, late))
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), (wishes) => {
        const instances = wishes.map(([name, wish]) => instanceOf(name, {}, { ordering: wish }))
        const order = orderOrCycle(instances)
        if (order === undefined) return
        expect(order.toSorted()).toEqual(NAMES)
        for (const [name, wish] of wishes as readonly (readonly [string, PluginOrdering])[]) {
          for (const other of wish.before?.access ?? []) {
            expect(order.indexOf(name)).toBeLessThan(order.indexOf(other))
          }
          for (const other of wish.after?.access ?? []) {
            expect(order.indexOf(name)).toBeGreaterThan(order.indexOf(other))
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

function orderOrCycle(instances: readonly PluginInstance[]): readonly string[] | undefined {
  try {
    return orderPlugins(NAMES, instances)
  } catch (error) {
    expect(error).toMatchObject({ code: 'POSTERN_PLUGIN_ORDERING_CYCLE' })
    return undefined
  }
}

describe('ordering', () => {
  const ran: string[] = []
  const plugins = NAMES.map((name, at) =>
    testPlugin(
      name,
      {
        access: (kong) => {
          ran.push(`access ${name}`)
          if (name === 'e') kong.client.authenticate(consumer('c'))
        },
        log: () => void ran.push(`log ${name}`),
        preread: () => void ran.push(`preread ${name}`),
      },
      -at,
    ),
  )

  const inPhase = (phase: 'access' | 'log' | 'preread', instances: PluginInstance[]): string => {
    const { ctx } = testContext({ plugins, instances })
    ran.length = 0
    if (phase === 'log') void runPhase(ctx, 'access')
    void runPhase(ctx, phase)
    return ran
      .filter((line) => line.startsWith(phase))
      .map((line) => line.at(-1))
      .join('')
  }

  it.each(['fixed', 'decided by the Consumer'])('changes access alone (chain %s)', (how) => {
    const instances = NAMES.map((name) =>
      instanceOf(name, {}, name === 'e' ? { ordering: before('b') } : {}),
    )
    if (how !== 'fixed') instances.push(instanceOf('c', { consumer: 'c' }))
    expect(inPhase('access', instances)).toBe('aebcd')
    expect(inPhase('log', instances)).toBe('abcde')
    expect(inPhase('preread', instances)).toBe('abcde')
  })

  it('is that of instances that take part', () => {
    const asks = { ordering: before('a') }
    const instances = [instanceOf('a'), instanceOf('b', {}, { ...asks, enabled: false })]
    expect(inPhase('access', [...instances, instanceOf('b')])).toBe('ab')
  })

  it('finds the Consumer that a plugin authenticated before its usual turn', () => {
    const seen: (string | undefined)[] = []
    const auth = testPlugin('auth', { access: (kong) => kong.client.authenticate(consumer('c')) })
    const p = testPlugin('p', { access: (kong) => void seen.push(kong.plugin.getId()) }, 9)
    const { ctx } = testContext({
      plugins: [auth, p],
      instances: [
        instanceOf('auth', {}, { ordering: before('p') }),
        instanceOf('p'),
        instanceOf('p', { consumer: 'c' }),
      ],
    })
    void runPhase(ctx, 'access')
    expect(seen).toEqual(['p:-:-:c'])
  })
})

describe('findOrderingCycle()', () => {
  it.each<readonly [Record<string, PluginOrdering | null>, string | undefined]>([
    [{}, undefined],
    [{ a: null, b: before('a') }, undefined],
    [{ a: before('b'), b: before('c') }, undefined],
    [{ a: before('a') }, 'a a'],
    [{ a: before('b'), b: before('a') }, 'a b a'],
    [{ a: { ...before('x'), ...after('x') } }, 'a x a'],
  ])('of %j is %s, whether all are configured or not', (orderings, cycle) => {
    const instances = Object.entries(orderings).map(([name, ordering]) =>
      instanceOf(name, {}, { ordering }),
    )
    expect(findOrderingCycle(instances)?.join(' ')).toBe(cycle)
  })
})
