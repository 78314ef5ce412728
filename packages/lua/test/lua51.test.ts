import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { randomProgram } from './generate-programs.ts'
import { readSnippets, runHere, runThere } from './lua51.ts'
import { recordCases } from './record-lua51.ts'

// After adding snippets, where lua5.1 is installed: POSTERN_RECORD=1 npm test -- packages/lua
if (process.env.POSTERN_RECORD === '1') recordCases()

/** Lua 5.1 finds a name by looking at registers, and now and then where there is none to find. */
function nameless(text: string): string {
  return text.replace(/(?:local|global|upvalue|field|method) '[^']*' \((a \w+ value)\)/g, '$1')
}

interface Recorded {
  readonly title: string
  readonly source: string
  readonly output: string
}

const recorded = JSON.parse(
  readFileSync(new URL('cases/lua51.json', import.meta.url), 'utf8'),
) as Recorded[]

const isInstalled = runThere(['print(1)']) !== undefined

describe('a chunk, compared with what lua5.1 printed when the cases were recorded', () => {
  it('has at least 300 recorded cases', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(300)
  })

  it('has a recorded case for every snippet', () => {
    const titles = new Set(recorded.map(({ title }) => title))
    expect(readSnippets().filter(({ title }) => !titles.has(title))).toEqual([])
  })

  it.each(recorded)('prints the same: $title', ({ source, output }) => {
    expect(runHere(source)).toBe(output)
  })
})

describe('a chunk, compared with lua5.1 at work', () => {
  it('finds lua5.1, or says loudly that it did not compare', () => {
    if (!isInstalled) {
      console.warn('SKIPPED: lua5.1 is not installed; generated programs were not compared with it')
    }
    expect(isInstalled || process.env.POSTERN_REQUIRE_SERVICES !== '1').toBe(true)
  })

  it('prints the same for the recorded cases', () => {
    if (!isInstalled) return
    const outputs = runThere(recorded.map(({ source }) => source))
    expect(outputs).toEqual(recorded.map(({ output }) => output))
  })

  it('prints the same for generated programs', () => {
    if (!isInstalled) return
    // The same programs each time, so that a red run is about a change. Others are a seed away.
    const first = Number(process.env.POSTERN_LUA_SEED ?? 1000)
    const programs = Array.from({ length: 200 }, (_, i) => randomProgram(first + i))
    const outputs = runThere(programs) ?? []
    for (const [i, program] of programs.entries()) {
      expect(nameless(runHere(program)), `seed ${first + i}\n${program}`).toBe(
        nameless(outputs[i] as string),
      )
    }
  })
})
