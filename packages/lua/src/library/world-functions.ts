import type { Program } from '../compiler/evaluate.ts'
import type { Settings } from '../options.ts'
import { toText } from '../runtime/to-text.ts'
import { NOTHING, type Callable } from '../runtime/value.ts'
import type { World } from '../world.ts'

export function worldFunctions(
  settings: Settings,
  _world: World,
  _compile: (source: string, chunkName: string) => Program,
): Record<string, Callable> {
  return {
    print: (...args) => {
      settings.print(`${args.map(toText).join('\t')}\n`)
      return NOTHING
    },
  }
}
