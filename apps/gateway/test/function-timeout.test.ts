import { describe, expect, it } from 'vitest'
import { startDataPlane } from './data-plane.ts'

/** Longer than 20 ms, as each language counts: 100,000 steps a millisecond here, 15,000 there. */
const LONG = {
  JavaScript: 'for (let i = 0; i < 2_100_000; i++);',
  Lua: 'for i = 1, 320000 do end',
}

const exitFunctions = {
  JavaScript: `(s, b) => { ${LONG.JavaScript} return [200, 'done'] }`,
  Lua: `return function(s, b, h) ${LONG.Lua} return 200, "done", h end`,
}

const phaseFunctions = {
  JavaScript: `(kong) => { ${LONG.JavaScript} kong.response.exit(200, 'done') }`,
  Lua: `${LONG.Lua} kong.response.exit(200, "done")`,
}

interface Asked {
  /** Of the gateway. */
  readonly setting?: number
  /** Of the plugin. */
  readonly own?: number | null
  readonly language: keyof typeof LONG
}

/** Whether a function that needs longer than 20 ms came to its end. */
async function isDone({ setting, own, language }: Asked, phase: 'exit' | 'access') {
  const gateway = await startDataPlane(
    setting === undefined ? {} : { function_timeout_ms: String(setting) },
  )
  try {
    const route = await gateway.add('routes', { paths: ['/'] })
    const config =
      phase === 'access'
        ? { access: [phaseFunctions[language]] }
        : { functions: [exitFunctions[language]], ...(own !== undefined && { timeout_ms: own }) }
    const name = phase === 'access' ? 'pre-function' : 'exit-transformer'
    await gateway.add('plugins', { name, config, route: { id: route.id } })
    const { status } = await fetch(gateway.url)
    return status === 200
  } finally {
    await gateway.close()
  }
}

describe.each(['JavaScript', 'Lua'] as const)('a long function in %s', (language) => {
  it.each([
    { setting: 10, done: false },
    { setting: 500, done: true },
    { setting: 10, own: null, done: false },
    { setting: 10, own: 500, done: true },
    { setting: 500, own: 10, done: false },
    { own: 10, done: false },
    { own: 500, done: true },
  ])(
    'of exit-transformer with function_timeout_ms $setting and timeout_ms $own comes to its end: $done',
    async ({ done, ...asked }) => {
      expect(await isDone({ ...asked, language }, 'exit')).toBe(done)
    },
  )

  it.each([{ setting: 10, done: false }, { setting: 500, done: true }, { done: true }])(
    'of pre-function with function_timeout_ms $setting comes to its end: $done',
    async ({ done, ...asked }) => {
      expect(await isDone({ ...asked, language }, 'access')).toBe(done)
    },
  )
})
