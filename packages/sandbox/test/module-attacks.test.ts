import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFunctionHost, type FunctionHost } from '../src/index.ts'
import { type Attack, expectContained } from './run-attack.ts'

interface ModuleAttack extends Attack {
  /** Modules that take part in it. */
  readonly modules?: Readonly<Record<string, string>>
}

const ATTACKS = JSON.parse(
  readFileSync(new URL('./cases/module-attacks.cases.json', import.meta.url), 'utf8'),
) as readonly ModuleAttack[]

/** What those that bring no modules attack. */
const MODULES = {
  esm: 'export const x = 1',
  cjs: 'exports.x = 1',
}

let host: FunctionHost

beforeAll(async () => {
  const prefixed = ATTACKS.flatMap(({ modules = {} }) => Object.entries(modules))
  host = createFunctionHost({
    mode: 'sandbox',
    modules: { ...MODULES, ...Object.fromEntries(prefixed) },
  })
  await host.start()
})
afterAll(() => host.close())

describe('attacks by way of modules', () => {
  it('are many, each with a name of its own', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(40)
    expect(new Set(ATTACKS.map(({ id }) => id)).size).toBe(ATTACKS.length)
  })

  it.each(ATTACKS)('$id: $what', (attack) => expectContained(host, attack))

  it('need modules that are called differently', () => {
    const names = ATTACKS.flatMap(({ id, modules = {} }) =>
      Object.entries(modules).map(([name, source]) => ({ id, name, source })),
    )
    for (const { name, source } of names) {
      expect(names.filter((one) => one.name === name && one.source !== source)).toEqual([])
    }
  })
})
