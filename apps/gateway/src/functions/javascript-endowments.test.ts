import type { Log } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import { endowmentsFor } from './javascript-endowments.ts'
import type { FunctionSettings } from './function-engine.ts'

const CLOCK = ['Date', 'Math.random']
const ALL = [...CLOCK, 'atob', 'btoa', 'URL', 'crypto.randomUUID']

describe('endowmentsFor()', () => {
  it.each([
    { setting: 'strict', added: [], endowments: [], told: 0 },
    { setting: 'strict', added: ['URL'], endowments: [], told: 0 },
    { setting: 'sandbox', added: [], endowments: CLOCK, told: 0 },
    { setting: 'sandbox', added: ['URL', 'Date'], endowments: [...CLOCK, 'URL'], told: 0 },
    { setting: 'sandbox', added: ['process', 'atob'], endowments: [...CLOCK, 'atob'], told: 1 },
    { setting: 'lax', added: [], endowments: ALL, told: 0 },
  ] as const)('of $setting with $added are $endowments', ({ setting, added, endowments, told }) => {
    const lines: unknown[] = []
    const log = { warn: (line: unknown) => lines.push(line) } as unknown as Log
    const settings: FunctionSettings = {
      untrusted_functions: setting,
      untrusted_lua_sandbox_requires: [],
      untrusted_lua_sandbox_environment: [],
      untrusted_javascript_sandbox_environment: [...added],
    }
    expect(endowmentsFor(settings, log)).toEqual(endowments)
    expect(lines).toHaveLength(told)
  })
})
