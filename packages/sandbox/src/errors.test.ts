import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sandboxErrors } from './errors.ts'

const PAGES = new URL('../../../docs/errors/', import.meta.url)
const PREFIX = 'POSTERN_SANDBOX_'

describe('sandboxErrors', () => {
  it('have a page each, and the pages have an error each', () => {
    const pages = readdirSync(PAGES).filter((name) => name.startsWith(PREFIX))
    const codes = Object.keys(sandboxErrors).map((name) => `${PREFIX}${name}.md`)
    expect(pages.toSorted()).toEqual(codes.toSorted())
  })

  it.each(Object.keys(sandboxErrors))('%s has a page with its code and what to do', (name) => {
    const page = readFileSync(new URL(`${PREFIX}${name}.md`, PAGES), 'utf8')
    expect(page.startsWith(`# ${PREFIX}${name}\n`)).toBe(true)
    expect(page).toContain('## What to do')
  })
})
