import { type Kong, pdkFunctions } from '@postern/plugin-runtime'
import { extraFunctions } from './extra-functions.ts'

/** A function of the PDK, called for one request. Answers what it answers first, or a promise. */
export type PdkCall = (kong: Kong, args: readonly unknown[]) => unknown

/** A step on the way from `kong` to a function: what can be called there, and what lies below. */
export interface CallNode {
  /** As in `kong.service.request.set_header`. */
  readonly path: string
  readonly call: PdkCall | undefined
  readonly children: ReadonlyMap<string, CallNode>
}

/** Everything that can be called, under both spellings. Made once for all plugins. */
export const CALL_TREE: CallNode = buildTree([
  ...pdkFunctions.map(({ name, call }): readonly [string, PdkCall] => [
    name,
    (kong, args) => call(kong, args)[0],
  ]),
  ...extraFunctions,
])

interface MutableNode {
  readonly path: string
  call: PdkCall | undefined
  readonly children: Map<string, MutableNode>
}

function buildTree(functions: readonly (readonly [name: string, call: PdkCall])[]): CallNode {
  const root: MutableNode = { path: 'kong', call: undefined, children: new Map() }
  for (const [name, call] of functions) {
    let node = root
    for (const step of name.split('.')) node = childOf(node, step)
    node.call = call
  }
  return root
}

function childOf(parent: MutableNode, step: string): MutableNode {
  const known = parent.children.get(step)
  if (known !== undefined) return known
  const child = { path: `${parent.path}.${step}`, call: undefined, children: new Map() }
  parent.children.set(step, child)
  parent.children.set(camelCase(step), child)
  return child
}

/** `set_raw_body` as JavaScript writes it. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
