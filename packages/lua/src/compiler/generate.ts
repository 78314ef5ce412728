import { MAX_DEPTH } from '../runtime/budget.ts'
import { Shapes } from './shapes.ts'
import { StatementWriter, WEIGHT } from './statement-writer.ts'
import type { Block, Prototype } from './syntax-tree.ts'
import { RUNTIME_NAMES } from './writer.ts'

/** One level of depth stands for this many JavaScript variables. */
const VARIABLES_PER_LEVEL = 24

export interface GenerateOptions {
  readonly chunkName: string
  /** Number of the chunk's line 0, see position.ts. */
  readonly firstSite: number
  /** Also write each function in the form that can yield. */
  readonly canYield: boolean
}

/**
 * JavaScript for a parsed chunk: an expression whose value takes the runtime and answers a function
 * that takes the environment and answers the main function.
 *
 * Functions are written side by side and get what they capture as arguments. So no nesting of Lua
 * functions becomes nesting of JavaScript, and two forms of each do not multiply.
 */
export function generate(
  main: Prototype,
  prototypes: readonly Prototype[],
  options: GenerateOptions,
): string {
  const names = Object.keys(RUNTIME_NAMES).join(',')
  const shapes = new Shapes()
  const makers = prototypes.map((prototype) => maker(prototype, options, shapes))
  return `(function(R){const {${names}}=R;${shapes.code()}return function(E){\n${makers.join('\n')}\nreturn M${main.id}()}})`
}

function maker(prototype: Prototype, options: GenerateOptions, shapes: Shapes): string {
  const parameters = prototype.upvalues.map((_, i) => `u${i}`).join(',')
  const plain = `const f=${form(prototype, options, shapes, false)};`
  const generator = options.canYield ? `f.g=${form(prototype, options, shapes, true)};` : ''
  return `function M${prototype.id}(${parameters}){clo();${plain}${generator}return f}`
}

function form(
  prototype: Prototype,
  options: GenerateOptions,
  shapes: Shapes,
  isGenerator: boolean,
): string {
  const { firstSite, chunkName } = options
  const writer = new StatementWriter(prototype, { isGenerator, firstSite, chunkName, shapes })
  const body = writer.block(prototype.body)
  const parameters = prototype.parameters.map(({ slot }) => `v${slot}`)
  const locals: string[] = []
  for (let slot = parameters.length; slot < prototype.slots; slot++) locals.push(`v${slot}`)
  for (let temp = 0; temp < writer.mostTemps; temp++) locals.push(`t${temp}`)
  if (prototype.isVararg) parameters.push('...va')
  const weight = 1 + Math.floor(locals.length / VARIABLES_PER_LEVEL)
  const boxes = prototype.parameters
    .filter((parameter) => writer.isBoxed(parameter))
    .map(({ slot }) => `v${slot}={v:v${slot}};`)
  const code = [
    `function${isGenerator ? '*' : ''}(${parameters.join(',')}){`,
    locals.length > 0 ? `let ${locals.join(',')};` : '',
    `const ${WEIGHT}=${weight},d=(B.depth+=${WEIGHT});`,
    `if((B.fuel-=${prototype.cost})<0||d>${MAX_DEPTH})stop(${writer.site(prototype.line)});`,
    weight > 1 ? `gap(d,${WEIGHT});` : '',
    prototype.isVararg ? 'rest(va);' : '',
    boxes.join(''),
    writer.outlined.join(''),
    body,
    endsWithReturn(prototype.body) ? '' : `B.depth=d-${WEIGHT};return N;`,
    '}',
  ]
  return code.join('')
}

function endsWithReturn({ statements }: Block): boolean {
  return statements.at(-1)?.kind === 'return'
}
