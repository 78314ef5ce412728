import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { coreExit } from './core-exits.ts'
import { documentExitReasons, exitReasonModule, knownExitReasons } from './document-exit-reasons.ts'

const root = path.join(import.meta.dirname, '../../..')

describe('what is made from the reasons of exits', () => {
  it.each([
    ['docs/exit-reasons.md', documentExitReasons()],
    ['packages/exit-transformer/src/known-exit-reason.ts', exitReasonModule()],
  ])('%s is as the code has it', async (file, text) => {
    await expect(text).toMatchFileSnapshot(path.join(root, file))
  })
})

/** Sources that make Exits: not tests, and not those that play a gateway for tests. */
function sources(): string[] {
  const folders = readdirSync(path.join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'create-plugin')
    .map(({ name }) => path.join(root, 'packages', name, 'src'))
  return [path.join(root, 'apps/gateway/src'), ...folders].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.(test|cases|d)\.ts$/.test(file))
      .map((file) => path.join(folder, file)),
  )
}

describe('the reasons of exits', () => {
  const known = knownExitReasons()

  it('has every reason that stands in a source', () => {
    const found = sources().flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(/reason(?::|\s*=|: \w+ =) '([a-z-]+\.[a-z_]+)'/g),
      ].map(([, reason]) => ({ reason: reason as string, file: path.relative(root, file) })),
    )
    expect(found.length).toBeGreaterThan(10)
    const unknown = found.filter(({ reason }) => !known.has(reason) && reason !== 'test.exit')
    expect(unknown).toEqual([])
  })

  it.each([...known.keys()])('%s is the name of a part, a dot and a word', (reason) => {
    expect(reason).toMatch(/^[a-z][a-z-]*\.[a-z][a-z0-9_]*$/)
  })

  it.each([...known])('%s is told in a sentence', (_reason, { when }) => {
    expect(when).toMatch(/^[A-Z].*\.$/s)
    expect(when).not.toMatch(/[|\n]/)
  })
})

describe('coreExit()', () => {
  it('has what the table says', () => {
    expect(coreExit('router.no_route')).toEqual({
      status: 404,
      reason: 'router.no_route',
      message: 'no Route matched with those values',
      kind: 'unknown',
    })
  })

  it('leaves the text to the status where the table has none', () => {
    expect(coreExit('upstream.timeout')).toEqual({
      status: 504,
      reason: 'upstream.timeout',
      kind: 'unexpected',
    })
  })

  it('takes headers', () => {
    const headers = { Upgrade: 'HTTP/2' }
    expect(coreExit('router.http2_required', headers)).toMatchObject({ kind: 'ordinary', headers })
  })
})
