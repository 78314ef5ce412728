import {
  answerOfJavaScript,
  type CompileOptions,
  type ExitAnswer,
  type CompiledExitFunction,
  type ExitInput,
} from '@postern/exit-transformer'
import type { Kong } from '@postern/plugin-runtime'
import { applyEffects, type KongEffects } from './apply-effects.ts'
import { type KnownLanguage, plainSource } from './function-language.ts'
import type { JavaScriptHost } from './javascript-host.ts'
import { withModules } from './javascript-modules.ts'
import { compileKongSnapshot } from './kong-snapshot.ts'

/** JavaScript and TypeScript functions, in a process of their own. */
export interface JavaScriptFunctions {
  compile(
    source: string,
    options: CompileOptions,
    language: JavaScriptLanguage,
  ): CompiledExitFunction
}

type JavaScriptLanguage = Exclude<KnownLanguage, 'lua'>

/**
 * Compiles JavaScript and TypeScript functions to run in a process of their own, which is started
 * with the first of them.
 *
 * The process gets a snapshot of the request, and what the function does through `kong` comes back
 * with its answer and is done then. A function that failed has done nothing.
 */
export function createJavaScriptFunctions(host: JavaScriptHost): JavaScriptFunctions {
  return {
    compile: (source, options, language) => bind(host, source, { ...options, language }),
  }
}

interface BindOptions extends CompileOptions {
  readonly language: JavaScriptLanguage
}

function bind(
  host: JavaScriptHost,
  source: string,
  { name, instance, timeoutMs, isShadow, language }: BindOptions,
): CompiledExitFunction {
  const fn = host.compile(plainSource(source), { name, owner: instance, timeoutMs, language })
  const takeSnapshot = compileKongSnapshot(withModules(source, fn, host.modules))
  return async (input, context, given, leftMs = timeoutMs) => {
    const kong = given as Kong | undefined
    const snapshot = kong === undefined ? undefined : takeSnapshot(kong)
    const body = shownBody(input.body)
    const args = [input.status, body, input.headers, context]
    const { result, effects } = await fn.call(args, snapshot, Math.max(1, Math.ceil(leftMs)))
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
