import { createPluginTest } from '@postern/plugin-testkit'
import { describe, expect, it } from 'vitest'
import { type Kong, kongPlugin, run } from '../test/kong-plugin.ts'
import { adaptKongPlugin, isKongPlugin } from './index.ts'

describe('isKongPlugin()', () => {
  const plugin = kongPlugin({ access: () => undefined })
  it.each([
    ['what CommonJS exports', plugin, true],
    ['a module with CommonJS in it', { default: plugin }, true],
    ['a default export that a compiler made', { default: { default: plugin } }, true],
    ['nothing', undefined, false],
    ['null', null, false],
    ['text', 'Plugin', false],
    ['an empty module', {}, false],
    ['a plugin of Postern', { default: { name: 'x', priority: 1, schema: {} } }, false],
    ['a Plugin that is no class', { Plugin: { access: () => undefined } }, false],
    ['a Plugin that is an arrow function', { Plugin: () => undefined }, false],
    ['a class three levels down', { default: { default: { default: plugin } } }, false],
  ])('tells of %s', (_, module, expected) => {
    expect(isKongPlugin(module)).toBe(expected)
  })
})

describe('adaptKongPlugin()', () => {
  const named = (more: object, fileName = '/plugins/My-Plugin.js') =>
    adaptKongPlugin(kongPlugin({ access: () => undefined }, more), { fileName })

  it.each([
    [{ Name: 'Some-Name' }, '/plugins/other.js', 'some-name'],
    [{}, '/plugins/My-Plugin.js', 'my-plugin'],
    [{}, './ts-hello.ts', 'ts-hello'],
    [{}, 'C:\\plugins\\js-hello.cjs', 'js-hello'],
    [{}, '/plugins/folder/', 'folder'],
    [{}, '@scope/js-goodbye', 'js-goodbye'],
    [{}, 'v1.2', 'v1.2'],
    [{ Name: '' }, '/plugins/x.mts', 'x'],
  ])('names %j of %s %s', (more, fileName, name) => {
    expect(named(more, fileName).name).toBe(name)
  })

  it.each([
    [{}, '0.0.0', 0],
    [{ Version: '1.2.0', Priority: 1000 }, '1.2.0', 1000],
    [{ Version: 0.1, Priority: -5 }, '0.1', -5],
    [{ Priority: null }, '0.0.0', 0],
  ])('reads version and priority of %j', (more, version, priority) => {
    expect(named(more)).toMatchObject({ version, priority })
  })

  it.each([
    [{ Priority: '10' }, 'Priority is "10", expected a number'],
    [{ Priority: Number.NaN }, 'Priority is null'],
    [{ Schema: 'x' }, 'not valid at Schema: expected a list'],
  ])('refuses %j', (more, message) => {
    expect(() => named(more)).toThrow(message)
  })

  it('refuses a module without a class, and a class without a handler', () => {
    const adapt = (module: unknown) => () => adaptKongPlugin(module, { fileName: 'x.js' })
    expect(adapt({})).toThrow('it exports no class as "Plugin"')
    expect(adapt(kongPlugin({ helper: () => undefined }))).toThrow('Plugin has none of certificate')
  })

  it('takes handlers from the prototype, inherited ones too, and not from fields', () => {
    class Base {
      log(): void {}
    }
    class Plugin extends Base {
      access = (): void => undefined
      async response(): Promise<void> {}
      header_filter(): void {}
    }
    const plugin = adaptKongPlugin({ Plugin }, { fileName: 'x.js' })
    expect(
      Object.keys(plugin).filter((key) => typeof Reflect.get(plugin, key) === 'function'),
    ).toEqual(['prepare', 'response', 'log'])
  })

  it('makes one instance for each configuration, with the fields that are set', async () => {
    let made = 0
    class Plugin {
      readonly config: Record<string, unknown>
      calls = 0
      constructor(config: Record<string, unknown>) {
        made++
        this.config = config
      }
      async access(kong: Kong): Promise<void> {
        await kong.response.exit(200, [this.config, ++this.calls, 'unset' in this.config])
      }
    }
    const Schema = [
      { message: { type: 'string', default: 'hello' } },
      { unset: { type: 'string' } },
      { inner: { type: 'record', fields: [{ a: { type: 'number' } }, { b: { type: 'number' } }] } },
    ]
    const test = createPluginTest(adaptKongPlugin({ Plugin, Schema }, { fileName: 'x.js' }), {
      config: { inner: { a: 1 } },
    })
    const config = { message: 'hello', inner: { a: 1 } }
    expect((await test.run()).json()).toEqual([config, 1, false])
    expect((await test.run()).json()).toEqual([config, 2, false])
    expect(made).toBe(1)
  })

  it('keeps what an instance does to its configuration away from the gateway', () => {
    class Plugin {
      constructor(config: { list: string[] }) {
        config.list.push('changed')
      }
      access(): void {}
    }
    const Schema = [{ list: { type: 'array', elements: { type: 'string' }, default: [] } }]
    const test = createPluginTest(adaptKongPlugin({ Plugin, Schema }, { fileName: 'x.js' }))
    expect(test.config).toEqual({ list: [] })
  })
})

describe('the phases of a kong-pdk plugin', () => {
  it('run in the order of a request, and buffer for response', async () => {
    const order: string[] = []
    const says = (name: string) => async () => void order.push(name)
    const phases = ['rewrite', 'access', 'response', 'log']
    await run(Object.fromEntries(phases.map((name) => [name, says(name)])))
    expect(order).toEqual(phases)
  })
})
