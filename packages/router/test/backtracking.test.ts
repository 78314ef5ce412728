import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const NODE = ['--conditions=@postern/source', '--input-type=module']
const LINEAR = '--enable-experimental-regexp-engine-on-excessive-backtracks'

/** In a process of its own, as the flag is for a whole process. Killed after five seconds. */
function matchInProcess(path: string): string {
  const code = `
    import { createRouter } from '@postern/router'
    const router = createRouter([{ route: { id: '1', paths: [${JSON.stringify(path)}] } }])
    const request = { method: 'GET', host: 'a', port: 80, scheme: 'http', header() {} }
    console.log(router.match({ ...request, path: '/' + 'a'.repeat(40) + '!' })?.route.id ?? 'none')
  `
  const options = { encoding: 'utf8', timeout: 5000 } as const
  return execFileSync(process.execPath, [...NODE, LINEAR, '-e', code], options).trim()
}

describe('match() with the flag against backtracking', () => {
  it.each([
    '~/(a+)+$',
    '~/(?<all>a+)+$',
    '~/(?:a|aa)+$',
    '~/([\\w-]+)+$',
    '~/(?:a{0,16})+$',
    '~/(?:a{0,10}){0,10}$',
  ])('ends for %s', (path) => {
    expect(matchInProcess(path)).toBe('none')
  })
})
