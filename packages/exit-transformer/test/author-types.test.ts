import path from 'node:path'
import ts from 'typescript'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { ExitFunction, ExitReason, KnownExitReason } from '../src/index.ts'

// What the type checker says to people who write functions. `npm run typecheck` holds the
// `@ts-expect-error` lines; the tests below hold what can be seen at run time.

const answers: readonly ExitFunction[] = [
  () => undefined,
  () => {},
  () => [],
  () => [402],
  (status, body, headers) => [status, body, headers],
  (status, body, headers) => [
    status,
    body,
    { ...headers, 'X-A': '1', 'X-B': ['1', '2'], 'X-C': 1 },
  ],
  () => [null, null, null],
  () => ({ status: 402 }),
  () => ({ body: null, headers: null }),
  (status, body: { message?: string } | undefined) => ({ body: { status, was: body?.message } }),
  async (_status, _body, _headers, exit) => ({ body: exit.request.acceptLanguage ?? 'en' }),
]

const nonsense: readonly unknown[] = [
  // @ts-expect-error A text is no answer.
  (() => 'text') satisfies ExitFunction,
  // @ts-expect-error null is no answer.
  (() => null) satisfies ExitFunction,
  // @ts-expect-error A status is a number.
  (() => ['402']) satisfies ExitFunction,
  // @ts-expect-error There is no fourth value.
  ((status, body, headers) => [status, body, headers, 1]) satisfies ExitFunction,
  // @ts-expect-error A part has another name.
  (() => ({ staus: 402 })) satisfies ExitFunction,
  // @ts-expect-error Headers have names.
  (() => ({ headers: 'X-A: 1' })) satisfies ExitFunction,
  // @ts-expect-error The context is read only.
  ((_s, _b, _h, exit) => void (exit.reason = 'x')) satisfies ExitFunction,
  // @ts-expect-error There is no such fact.
  ((_s, _b, _h, exit) => ({ body: exit.reasno })) satisfies ExitFunction,
]

describe('the types of functions', () => {
  it('take every form of answer, and no nonsense', () => {
    expect(answers).toHaveLength(11)
    expect(nonsense).toHaveLength(8)
  })

  it('know reasons, and take others', () => {
    expectTypeOf<'key-auth.no_key'>().toExtend<KnownExitReason>()
    expectTypeOf<'my-plugin.closed'>().not.toExtend<KnownExitReason>()
    expectTypeOf<'my-plugin.closed'>().toExtend<ExitReason>()
    expectTypeOf<Parameters<ExitFunction>[3]['reason']>().toEqualTypeOf<ExitReason>()
  })
})

describe('an editor', () => {
  it('completes exit.reason in the file of a function', () => {
    const source = `import type { ExitFunction } from '../src/index.ts'
      const fn: ExitFunction = (status, body, headers, exit) => {
        if (exit.reason === '') return [200]
      }
      export default fn`
    expect(completions(source, source.indexOf("=== ''") + 5)).toEqual(
      expect.arrayContaining(['key-auth.no_key', 'router.no_route', 'upstream.timeout']),
    )
  })

  it('completes what a function is told of the request', () => {
    const source = `import type { ExitFunction } from '../src/index.ts'
      export default ((status, body, headers, exit) => [status, exit.request.]) satisfies ExitFunction`
    expect(completions(source, source.indexOf('exit.request.') + 13)).toEqual(
      expect.arrayContaining(['method', 'path', 'accept', 'acceptLanguage']),
    )
  })
})

/** What TypeScript's own service for editors offers at a place of a file in this folder. */
function completions(source: string, at: number): readonly string[] {
  const file = path.join(import.meta.dirname, 'function-of-an-author.ts')
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      strict: true,
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      customConditions: ['@postern/source'],
      allowImportingTsExtensions: true,
      noEmit: true,
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = name === file ? source : ts.sys.readFile(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => import.meta.dirname,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? source : ts.sys.readFile(name)),
    directoryExists: (name) => ts.sys.directoryExists(name),
  })
  const found = service.getCompletionsAtPosition(file, at, undefined)
  return (found?.entries ?? []).map(({ name }) => name)
}
