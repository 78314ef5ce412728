import { CALL_TREE, type CallNode } from './call-tree.ts'
import type { HandlerRun } from './handler-run.ts'

/**
 * Makes the `kong` of a kong-pdk plugin, for one run of one handler: every path of names can be
 * called, in camelCase or snake_case, and answers a promise. A path that leads nowhere fails when
 * it is called.
 */
export function createKongProxy(run: HandlerRun): object {
  return proxyFor(CALL_TREE, run)
}

function proxyFor(node: CallNode, run: HandlerRun): object {
  return new Proxy(NOTHING, {
    get(_target, name) {
      // `await kong` must not take it for a promise, nor JSON.stringify for something with a form.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined
      return proxyFor(node.children.get(name) ?? leadsNowhere(node, name), run)
    },
    apply: (_target, _self, args: readonly unknown[]) => run.call(node, args),
  })
}

/** Only a function can be called by way of a Proxy. */
const NOTHING = (): void => undefined

function leadsNowhere(parent: CallNode, name: string): CallNode {
  return { path: `${parent.path}.${name}`, call: undefined, children: new Map() }
}
