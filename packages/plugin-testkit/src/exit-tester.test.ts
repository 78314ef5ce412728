import { definePlugin } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import { exitTester, type ExitTesterOptions } from './index.ts'

const teapot = definePlugin({
  name: 'teapot',
  version: '1.0.0',
  priority: 1,
  schema: {
    fields: {
      config: { type: 'record', required: true, fields: { of: { type: 'integer', default: 404 } } },
    },
  } as const,
  exit(kong, config, exit) {
    if (exit.status !== config.of) return exit
    kong.log.notice('tea')
    return {
      ...exit,
      status: 418,
      headers: { 'X-Who': kong.client.getConsumer()?.username ?? '-' },
    }
  },
})

// Cases that hold, as a plugin's author writes them.
exitTester(
  {
    plugin: teapot,
    valid: [
      { name: 'another status', exit: { status: 401, body: { message: 'Unauthorized' } } },
      { name: 'headers', exit: { status: 200, headers: { A: 'b' } } },
    ],
    changed: [
      { name: 'no Route', exit: { status: 404, body: 'x', kind: 'unknown' }, to: TEAPOT('-') },
      {
        name: 'who it was',
        exit: { status: 404 },
        about: { consumer: { username: 'ada' } },
        to: TEAPOT('ada'),
      },
    ],
  },
  { describe, it },
)

function TEAPOT(who: string) {
  return { status: 418, headers: { 'X-Who': who } }
}

const outcome = async (options: ExitTesterOptions): Promise<string> => {
  const [check] = exitTester(options)
  return check?.run().then(
    () => 'holds',
    (error: unknown) => (error as Error).message,
  ) as Promise<string>
}

describe('exitTester()', () => {
  it('answers checks with names', () => {
    const checks = exitTester({ plugin: teapot, valid: [{ name: 'a', exit: { status: 401 } }] })
    expect(checks.map(({ name }) => name)).toEqual(['a'])
  })

  it('fills in the configuration', async () => {
    const valid = [{ name: 'a', exit: { status: 404 } }]
    expect(await outcome({ plugin: teapot, config: { of: 401 }, valid })).toBe('holds')
    expect(() => exitTester({ plugin: teapot, config: { of: 'x' }, valid })).toThrow('teapot')
  })

  it.each<readonly [string, ExitTesterOptions, string]>([
    ['a change where none was expected', { valid: [{ name: 'a', exit: { status: 404 } }] }, '418'],
    [
      'no change where one was',
      { changed: [{ name: 'a', exit: { status: 401 }, to: { status: 402 } }] },
      '402',
    ],
    [
      'a part of a change',
      { changed: [{ name: 'a', exit: { status: 404 }, to: { status: 418 } }] },
      'X-Who',
    ],
    [
      'another reason',
      { changed: [{ name: 'a', exit: { status: 404 }, to: { ...TEAPOT('-'), reason: 'x' } }] },
      'test.exit',
    ],
    [
      'a change that is none',
      { changed: [{ name: 'a', exit: { status: 404 }, to: { status: 404 } }] },
      'belongs to `valid`',
    ],
  ])('finds %s', async (_, cases, message) => {
    expect(await outcome({ plugin: teapot, ...cases })).toContain(message)
  })

  it('finds a function that throws, although the Exit stays as it was', async () => {
    const broken = () => {
      throw new Error('broken')
    }
    const valid = [{ name: 'a', exit: { status: 401 } }]
    expect(await outcome({ functions: [broken], valid })).toContain('broken')
  })

  it('runs functions in order', async () => {
    const changed = [{ name: 'a', exit: { status: 401 }, to: { status: 403 } }]
    const next = (exit: { readonly status: number }) => ({ ...exit, status: exit.status + 1 })
    expect(await outcome({ functions: [next, next] as never, changed })).toBe('holds')
  })

  it('refuses two cases of one name', () => {
    const one = { name: 'a', exit: { status: 401 } }
    expect(() => exitTester({ functions: [], valid: [one, one] })).toThrow('two cases')
  })
})
