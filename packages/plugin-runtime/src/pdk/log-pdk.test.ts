import { describe, expect, it } from 'vitest'
import { testContext, testPlugin } from '../../test/test-context.ts'
import { type Kong, runPhase } from '../index.ts'

function logged(call: (kong: Kong<'access'>) => void) {
  const { ctx, lines } = testContext({ plugins: [testPlugin('p', { access: call })] })
  void runPhase(ctx, 'access')
  return { ctx, lines }
}

describe('kong.log', () => {
  it('puts values together without a separator, after the name of the plugin', () => {
    const { lines } = logged((kong) => {
      kong.log('a', 1, true, null, undefined)
      kong.log.err('b ', { c: 1 })
      kong.log.debug()
    })
    expect(lines).toEqual(['notice: [p] a1truenilnil', 'err: [p] b { c: 1 }', 'debug: [p] '])
  })

  it('has every level', () => {
    const levels = ['debug', 'info', 'notice', 'warn', 'err', 'crit', 'alert', 'emerg'] as const
    const { lines } = logged((kong) => levels.forEach((level) => kong.log[level]('x')))
    expect(lines).toEqual(levels.map((level) => `${level}: [p] x`))
  })

  it('survives values that have no text', () => {
    const { lines } = logged((kong) => kong.log(Symbol('s'), () => 1, Object.create(null), 1n))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('Symbol(s)')
  })

  it('prints values with what is in them, and can be told not to', () => {
    const { lines } = logged((kong) => {
      kong.log.inspect('a', [1])
      kong.log.inspect.off()
      kong.log.inspect('b')
      kong.log.inspect.on()
      kong.log.inspect('c')
    })
    expect(lines).toEqual(["notice: [p] 'a' [ 1 ]", "notice: [p] 'c'"])
  })

  it('tells of what goes away', () => {
    const { lines } = logged((kong) => {
      kong.log.deprecation('use b', { after: '1.0', removal: '2.0' })
      kong.log.deprecation('use c')
    })
    expect(lines).toEqual([
      'warn: [p] use b (deprecated after 1.0, scheduled for removal in 2.0)',
      'warn: [p] use c',
    ])
  })

  it('keeps values for the log line', () => {
    const { ctx } = logged((kong) => {
      kong.log.setSerializeValue('a.b', 1)
      kong.log.setSerializeValue('c', 'x', { mode: 'add' })
    })
    expect(ctx.logValues).toEqual([
      { key: 'a.b', value: 1, mode: 'set' },
      { key: 'c', value: 'x', mode: 'add' },
    ])
  })

  it('can be told how lines look, until it is told otherwise', () => {
    const { lines } = logged((kong) => {
      kong.log.setFormat('%namespace|%message|%%|%unknown')
      kong.log('a')
      kong.log.inspect('b')
      kong.log.setFormat()
      kong.log('c')
    })
    expect(lines).toEqual(['notice: p|a|%%|%unknown', "notice: p|'b'|%%|%unknown", 'notice: [p] c'])
  })

  it('knows where it was called where that is asked for', () => {
    const { lines } = logged(function caller(kong) {
      kong.log.setFormat('%file_src:%line_src %func_name %message')
      kong.log.err('a $& $1')
      kong.log('b')
      kong.log.deprecation('c')
    })
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(line).toMatch(/^(?:err|notice|warn): log-pdk\.test\.ts:\d+ \S*caller \S/)
    }
    expect(lines[0]).toContain('a $& $1')
  })

  it('makes logs of another name', () => {
    const { lines } = logged((kong) => {
      const own = kong.log.new('mine', '<%namespace> %message')
      own('a')
      own.err('b')
      kong.log.new('other')('c')
      kong.log('d')
    })
    expect(lines).toEqual([
      'notice: <mine> a',
      'err: <mine> b',
      'notice: [other] c',
      'notice: [p] d',
    ])
  })

  it.each<readonly [(kong: Kong<'access'>) => unknown, message: string]>([
    [(kong) => kong.log.setFormat(5 as never), 'format must be a string if specified'],
    [(kong) => kong.log.new(5 as never), 'namespace must be a string'],
    [(kong) => kong.log.new(''), 'namespace cannot be an empty string'],
    [(kong) => kong.log.new('a', {} as never), 'format must be a string if specified'],
  ])('refuses %s', (call, message) => {
    expect(logged((kong) => void call(kong)).lines.join()).toContain(message)
  })

  it.each([
    { args: [5, 1], message: 'key must be a string' },
    { args: ['a', 1, { mode: 'x' }], message: "mode must be 'set', 'add' or 'replace'" },
  ])('refuses $args', ({ args, message }) => {
    const { lines } = logged((kong) => {
      const call: (...args: never) => void = kong.log.setSerializeValue.bind(kong.log)
      call(...(args as never))
    })
    expect(lines.join()).toContain(message)
  })
})
