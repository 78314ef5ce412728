import {
  answerOfJavaScript,
  type CompileOptions,
  type ExitAnswer,
  type ExitFunction,
  type ExitInput,
} from '@postern/exit-transformer'
import type { Kong, Log, LogLevel } from '@postern/plugin-runtime'
import {
  createFunctionHost,
  type FunctionHost,
  type FunctionLogLine,
  type SwitchedOff,
} from '@postern/sandbox'
import { applyEffects, type KongEffects } from './apply-effects.ts'
import { type KnownLanguage, plainSource } from './function-language.ts'
import { compileKongSnapshot } from './kong-snapshot.ts'

/** JavaScript and TypeScript functions, in a process of their own. */
export interface JavaScriptFunctions {
  compile(source: string, options: CompileOptions, language: JavaScriptLanguage): ExitFunction
  close(): Promise<void>
}

type JavaScriptLanguage = Exclude<KnownLanguage, 'lua'>

/**
 * Compiles JavaScript and TypeScript functions to run in a process of their own, which is started
 * with the first of them.
 *
 * The process gets a snapshot of the request, and what the function does through `kong` comes back
 * with its answer and is done then. A function that failed has done nothing.
 */
export function createJavaScriptFunctions(mode: 'sandbox' | 'on', log: Log): JavaScriptFunctions {
  let host: FunctionHost | undefined
  const startedHost = (): FunctionHost => (host ??= startHost(mode, log))
  return {
    compile: (source, options, language) => bind(startedHost(), source, options, language),
    close: async () => host?.close(),
  }
}

function startHost(mode: 'sandbox' | 'on', log: Log): FunctionHost {
  return createFunctionHost({
    mode,
    prelude: import.meta.resolve('#kong-prelude'),
    log: ({ name, level, text }: FunctionLogLine) => {
      log[LEVELS.get(level) ?? 'notice'](`[${name}] ${text}`)
    },
    onSwitchedOff: ({ name, forMs }: SwitchedOff) => {
      log.err(`${name} ended its process too often and is skipped for ${forMs} ms`)
    },
  })
}

/** Levels of a console, as Kong has them. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'err'],
])

function bind(
  host: FunctionHost,
  source: string,
  { name, timeoutMs, isShadow }: CompileOptions,
  language: JavaScriptLanguage,
): ExitFunction {
  const fn = host.compile(plainSource(source), { name, timeoutMs, language })
  const takeSnapshot = compileKongSnapshot(source)
  return async (input, context, given) => {
    const kong = given as Kong | undefined
    const snapshot = kong === undefined ? undefined : takeSnapshot(kong)
    const body = shownBody(input.body)
    const args = [input.status, body, input.headers, context]
    const { result, effects } = await fn.call(args, snapshot)
    if (effects !== undefined && effects !== null && !isShadow && kong && snapshot) {
      applyEffects(effects as KongEffects, kong, { name, snapshot })
    }
    return keepBytes(answerOfJavaScript(result, input), body, input)
  }
}

/** JSON has no bytes: those that are not UTF-8 are shown with U+FFFD. */
function shownBody(body: ExitInput['body']): unknown {
  return body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : body
}

/** Text that came back as it was shown is the bytes that it was made of. */
function keepBytes(answer: ExitAnswer, shown: unknown, input: ExitInput): ExitAnswer {
  if (shown === input.body || answer.kind !== 'triple' || answer.body !== shown) return answer
  return { ...answer, body: input.body }
}
