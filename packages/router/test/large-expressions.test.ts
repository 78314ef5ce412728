import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const NODE = ['--conditions=@postern/source', '--input-type=module']

/** In a process of its own, as V8 ends the whole process. Killed after five seconds. */
function routeInProcess(expression: string): unknown {
  const code = `
    import { createRouter } from '@postern/router'
    const expression = ${expression}
    const router = createRouter([
      { route: { id: 'path', paths: ['~' + expression] } },
      { route: { id: 'header', headers: { 'x-a': ['~*' + expression] } } },
      { route: { id: 'fine', paths: ['/a'] } },
    ])
    const path = '/' + 'a'.repeat(3000)
    const request = { method: 'GET', host: 'a', port: 80, scheme: 'http', path, header: () => path }
    const warnings = router.warnings.map(({ kind, routeId }) => kind + ' ' + routeId)
    console.log(JSON.stringify({ id: router.match(request)?.route.id, warnings }))
  `
  const options = { encoding: 'utf8', timeout: 5000 } as const
  return JSON.parse(execFileSync(process.execPath, [...NODE, '-e', code], options))
}

describe('createRouter() with expressions that were stored before they were too large', () => {
  it.each([
    "'/' + '(a|'.repeat(20000) + 'b' + ')'.repeat(20000)",
    "'/(?:a{0,500}){0,500}$'",
    "'/' + '['.repeat(1000000)",
  ])('leaves out the Routes with %s and works with the others', (expression) => {
    expect(routeInProcess(expression)).toEqual({
      id: 'fine',
      warnings: ['invalid-regex path', 'invalid-regex header'],
    })
  })

  it('runs the deepest that is allowed', () => {
    const expression = "'/' + '(a|'.repeat(100) + 'b' + ')'.repeat(100)"
    expect(routeInProcess(expression)).toEqual({ id: 'header', warnings: [] })
  })
})
