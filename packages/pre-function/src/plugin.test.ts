import { EXIT_SIGNAL } from '@postern/pdk-response'
import { checkRecord, describeViolations } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import type { FunctionPhase, PhaseFunctionEngine, PhaseFunctionOptions } from './phase-function.ts'
import { createPreFunctionPlugin } from './plugin.ts'
import type { PhaseFunctionsConfig } from './schema.ts'

/** An engine whose sources name what they do: `log x`, `exit`, `throw`, `wait`, `body`. */
function namingEngine() {
  const done: string[] = []
  const compiled: PhaseFunctionOptions[] = []
  const engine: PhaseFunctionEngine = {
    check: (source, phase) => (source === 'bad' ? `bad in ${phase}` : undefined),
    compile(source, options) {
      if (source === 'bad') throw new Error('does not compile')
      compiled.push(options)
      return { needsBody: source === 'body', run: () => act(source, done) }
    },
  }
  return { done, compiled, plugin: createPreFunctionPlugin(engine) }
}

function act(source: string, done: string[]): void | Promise<void> {
  done.push(source)
  if (source === 'exit') throw EXIT_SIGNAL
  if (source === 'throw') throw new Error('boom')
  if (source === 'wait') return Promise.resolve().then(() => void done.push('waited'))
}

const EMPTY: PhaseFunctionsConfig = {
  certificate: [],
  rewrite: [],
  access: [],
  header_filter: [],
  body_filter: [],
  log: [],
}

const about = { id: 'p1', name: 'pre-function' } as never

function prepared(config: Partial<PhaseFunctionsConfig>) {
  const made = namingEngine()
  const whole = { ...EMPTY, ...config }
  return { ...made, config: whole, state: made.plugin.prepare?.(whole, about) }
}

describe('the schema', () => {
  const { plugin } = namingEngine()

  it.each<[config: unknown, violation: string | undefined]>([
    [{ access: ['return 1'] }, undefined],
    [{ log: ['a', 'b'], certificate: ['c'] }, undefined],
    [{}, "at least one of these fields must be non-empty: 'config.certificate'"],
    [{ access: [] }, "at least one of these fields must be non-empty: 'config.certificate'"],
    [{ access: ['a', 'bad'] }, 'error parsing pre-function: bad in access'],
    [{ header_filter: ['bad'] }, 'error parsing pre-function: bad in header_filter'],
    [{ functions: ['a'] }, 'config.functions: unknown field'],
    [{ access: [5] }, 'expected a string'],
  ])('of %j says %j', (config, violation) => {
    const checked = checkRecord(plugin.schema, { config })
    const said = checked.ok ? undefined : describeViolations(checked.violations)
    if (violation === undefined) expect(said).toBeUndefined()
    else expect(said).toContain(violation)
  })

  it('puts the problem at the index of its function', () => {
    const checked = checkRecord(plugin.schema, { config: { access: ['a', 'bad'] } })
    expect(checked.ok ? undefined : checked.violations).toEqual({
      config: { access: [null, 'error parsing pre-function: bad in access'] },
    })
  })

  it('has no Consumer to bind to', () => {
    const consumer = { id: '00000000-0000-4000-8000-000000000001' }
    const checked = checkRecord(plugin.schema, { consumer, config: { access: ['a'] } })
    expect(checked.ok).toBe(false)
  })
})

describe('the plugin', () => {
  it.each<FunctionPhase>(['rewrite', 'access', 'header_filter', 'body_filter', 'log'])(
    'runs the functions of %s in order',
    (phase) => {
      const { plugin, config, state, done } = prepared({ [phase]: ['log 1', 'log 2'] })
      void plugin[phase]?.({} as never, config, state, {} as never)
      expect(done).toEqual(['log 1', 'log 2'])
    },
  )

  it.each([
    ['an exit', 'exit', EXIT_SIGNAL],
    ['a failure', 'throw', new Error('boom')],
  ])('ends with %s', (_, source, thrown) => {
    const { plugin, config, state, done } = prepared({ access: ['log 1', source, 'log 2'] })
    let caught: unknown
    try {
      void plugin.access?.({} as never, config, state)
    } catch (error) {
      caught = error
    }
    expect(caught).toEqual(thrown)
    expect(done).toEqual(['log 1', source])
  })

  it('waits for a function before it runs the next one', async () => {
    const { plugin, config, state, done } = prepared({ access: ['wait', 'log 2'] })
    await plugin.access?.({} as never, config, state)
    expect(done).toEqual(['wait', 'waited', 'log 2'])
  })

  it('stays synchronous where the functions are', () => {
    const { plugin, config, state } = prepared({ access: ['log 1'] })
    expect(plugin.access?.({} as never, config, state)).toBeUndefined()
  })

  it('uses only the phases that have functions', () => {
    const { plugin, config } = prepared({ access: ['a'] })
    const phases = ['rewrite', 'access', 'response', 'body_filter', 'preread'] as const
    expect(phases.filter((phase) => plugin.usesPhase?.(phase, config))).toEqual(['access'])
  })

  it('needs the body only where a function asks for it', () => {
    const { plugin, config, state } = prepared({ access: ['log 1', 'body'], rewrite: ['log 2'] })
    const phases = ['rewrite', 'access', 'response', 'exit'] as const
    expect(phases.filter((phase) => plugin.needsBody?.(phase, config, state))).toEqual(['access'])
  })

  it('names its functions by phase and place, and says whose they are', () => {
    const { compiled } = prepared({ rewrite: ['a'], access: ['b', 'c'] })
    expect(compiled.map(({ name }) => name)).toEqual([
      'pre-function[rewrite:1]',
      'pre-function[access:1]',
      'pre-function[access:2]',
    ])
    expect(new Set(compiled.map(({ instance }) => instance))).toEqual(new Set([about]))
  })

  it('tells which function cannot be compiled', () => {
    expect(() => prepared({ access: ['a', 'bad'] })).toThrow(
      'pre-function[access:2] of plugin "p1" cannot be compiled: does not compile',
    )
  })
})
