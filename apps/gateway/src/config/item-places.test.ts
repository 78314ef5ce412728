import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { placeOfItem, shownPlace } from './item-places.ts'
import { loadConfig } from './load-config.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-places-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function placesOf(text: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, 'postern.conf'), text)
  const { config } = loadConfig({ env, folder })
  // As processes that are given a port of the system's have it: a copy with the same lists.
  const { untrusted_lua_sandbox_requires: list } = { ...config }
  return list.map((item, index) => {
    const place = placeOfItem(list, index)
    return [item, place && shownPlace(place)]
  })
}

const KEY = 'untrusted_lua_sandbox_requires'

describe('placeOfItem()', () => {
  it.each([
    {
      text: `workers = 1\n${KEY} = a, b,,  c # d`,
      places: [
        ['a', 'postern.conf:2:34'],
        ['b', 'postern.conf:2:37'],
        ['c', 'postern.conf:2:42'],
      ],
    },
    {
      text: `  ${KEY}=" a, b"`,
      places: [
        ['a', 'postern.conf:1:36'],
        ['b', 'postern.conf:1:39'],
      ],
    },
    {
      text: `${KEY} = a\n${KEY} = b`,
      places: [['b', 'postern.conf:2:34']],
    },
  ])('tells where each item of $text stands', ({ text, places }) => {
    expect(placesOf(text)).toEqual(places)
  })

  it('names the variable where the list comes from one', () => {
    const variable = `POSTERN_${KEY.toUpperCase()}`
    expect(placesOf(`${KEY} = a`, { [variable]: 'b, c' })).toEqual([
      ['b', `environment variable ${variable}`],
      ['c', `environment variable ${variable}`],
    ])
  })

  it('knows the line, to be shown', () => {
    placesOf(`${KEY} = a # why`)
    const { config } = loadConfig({ env: {}, folder })
    expect(placeOfItem(config.untrusted_lua_sandbox_requires, 0)?.sourceLine).toBe(
      `${KEY} = a # why`,
    )
  })

  it('knows nothing of a default, nor of a list that another process was sent', () => {
    expect(placesOf('workers = 1')[0]?.[1]).toBeUndefined()
    placesOf(`${KEY} = a`)
    const sent = structuredClone(loadConfig({ env: {}, folder }).config)
    expect(placeOfItem(sent.untrusted_lua_sandbox_requires, 0)).toBeUndefined()
  })
})
