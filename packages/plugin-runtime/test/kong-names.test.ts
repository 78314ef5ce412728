import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pdkFunctions, snakeCase } from '../src/index.ts'
import { KONG_NAMES, KONG_VALUES, OWN_NAMES } from './kong-names.ts'
import { testContext } from './test-context.ts'

/** Names below `kong` in the list under a heading of a page; a table at its end stands for all of it. */
function namesIn(page: string, heading: string): string[] {
  const text = readFileSync(new URL(page, import.meta.url), 'utf8')
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  return [...own.matchAll(/`kong\.([a-z_.*]+)`/g)].map(([, name]) => name as string)
}

const covers = (listed: readonly string[], name: string): boolean =>
  listed.some((one) => (one.endsWith('.*') ? name.startsWith(one.slice(0, -1)) : one === name))

const here = pdkFunctions.map(({ name }) => name)
const absent = KONG_NAMES.filter((name) => !here.includes(name))

describe("the functions of Kong's documentation", () => {
  it('are 162, and each has a name of its own', () => {
    expect(new Set(KONG_NAMES).size).toBe(162)
    expect(KONG_NAMES).toHaveLength(162)
  })

  it('are here with all that are added, and nothing else is', () => {
    const known = [...KONG_NAMES.filter((name) => here.includes(name)), ...OWN_NAMES]
    expect(here.toSorted()).toEqual(known.toSorted())
  })

  it.each([
    ['../README.md', 'Not there'],
    ['../../../docs/kong-parity-pdk.md', 'Functions that are not there'],
  ])('are told of in %s where they are not here', (page, heading) => {
    const listed = namesIn(page, heading)
    expect(absent.filter((name) => !covers(listed, name))).toEqual([])
    const known = [...KONG_NAMES, ...KONG_VALUES].filter((name) => covers(listed, name))
    expect(known.filter((name) => here.includes(name))).toEqual([])
    expect(listed.filter((one) => !known.some((name) => covers([one], name)))).toEqual([])
  })

  it('have values beside them, which are read from kong', () => {
    const { ctx } = testContext()
    const listed = namesIn('../README.md', 'Not there')
    for (const path of KONG_VALUES) {
      const steps = path.split('.').map((step) => camelCase(step))
      const value = steps.reduce<unknown>((at, step) => Reflect.get(at as object, step), ctx.kong)
      expect(value === undefined, path).toBe(covers(listed, path))
    }
  })
})

function camelCase(name: string): string {
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  expect(snakeCase(camel)).toBe(name)
  return camel
}
