import { describe, expect, it } from 'vitest'
import { createLua, type Lua } from '../lua.ts'

const render = (view: string, context: Readonly<Record<string, never>> | object = {}): unknown =>
  createLua()
    .compile('local view, context = ... return require("resty.template").compile(view)(context)')
    .call(view, context as never)[0]

describe('template.compile()', () => {
  it.each([
    ['plain text', {}, 'plain text'],
    ['<{{ x }}>', { x: `<&>"'/` }, '<&lt;&amp;&gt;&quot;&#39;&#47;>'],
    ['<{* x *}>', { x: '<b>' }, '<<b>>'],
    ['{{ missing }}|{{ n }}|{{ t }}', { n: 1.5, t: true }, '|1.5|true'],
    ['{{ a.b.c }}', { a: { b: { c: 'deep' } } }, 'deep'],
    ['{{ context.x }}', { x: 1 }, '1'],
    ['{{ string.upper(x) }}', { x: 'up' }, 'UP'],
    ['a{# comment #}b', {}, 'ab'],
    ['{% for i = 1, 3 do %}{{ i }},{% end %}', {}, '1,2,3,'],
    ['{% if x then %}\nyes\n{% else %}\nno\n{% end %}\n', { x: true }, 'yes\n'],
    ['{% local y = x * 2 %}{{ y }}', { x: 21 }, '42'],
    ['{[ "<" .. "{{ x }}" .. ">" ]}', { x: 1 }, '<1>'],
    ['{(Hello {{ name }})}', { name: 'x' }, 'Hello x'],
    ['{-raw-}{{ x }}{-raw-}', { x: 1 }, '{{ x }}'],
    ['{-head-}H{{ x }}{-head-}[{* blocks.head *}]', { x: 1 }, '[H1]'],
    ['\\{{ x }}', { x: 1 }, '{{ x }}'],
    ['{ not a tag } {x {', {}, '{ not a tag } {x {'],
    ['{{ unclosed', {}, '{{ unclosed'],
    ['quotes " \\ and\nnewlines', {}, 'quotes " \\ and\nnewlines'],
    ['{% echo(x, 1) %}', { x: '<' }, '<1'],
    ['{{ é }}', {}, undefined],
  ])('renders %j with %j', (view, context, text) => {
    if (text === undefined) expect(() => render(view, context)).toThrow('template:1:')
    else expect(render(view, context)).toBe(text)
  })

  it('tells the line of a fault in the template', () => {
    expect(() => render('one\ntwo\n{{ nothing.here }}')).toThrow(
      "template:3: attempt to index global 'nothing' (a nil value)",
    )
  })

  const inLua = (source: string, lua: Lua = createLua()): unknown[] =>
    lua.compile(`local template = require "resty.template" ${source}`).call()

  it('has a layout around a view', () => {
    expect(
      inLua(`
        template.load = function(name) return ({ page = "{% layout = 'frame' %}<p>{{ x }}</p>", frame = "[{* view *}|{{ x }}]" })[name] or name end
        return template.compile("page")({ x = 1 })`),
    ).toEqual(['[<p>1</p>|1]'])
  })

  it('makes a view with a layout as an object', () => {
    expect(
      inLua(
        'local v = template.new("<{{ x }}>", "[{* view *}]") v.x = 5 return tostring(v), v:process()',
      ),
    ).toEqual(['[<5>]', '[<5>]'])
  })

  it('prints what it renders', () => {
    let printed = ''
    const lua = createLua({ print: (text) => (printed += text) })
    inLua('template.render("<{{ x }}>", { x = 1 })', lua)
    expect(printed).toBe('<1>')
  })

  it('keeps no global of one rendering for the next', () => {
    expect(
      inLua('local f = template.compile("{{ g }}{% g = 1 %}{{ g }}") return f(), f()'),
    ).toEqual(['1', '1'])
  })

  it('sees what the chunk has, and nothing that the sandbox lacks', () => {
    expect(inLua('x = "global" return template.compile("{{ x }} {{ type(io.open) }}")()')).toEqual([
      'global nil',
    ])
  })
})
