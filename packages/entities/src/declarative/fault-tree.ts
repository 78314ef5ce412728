import type { DeclarativeFault, DocumentKeys } from './declarative-fault.ts'
import { isRecord } from './declarative-item.ts'

/**
 * Faults as Kong tells them in `fields`: a tree of the shape of the document, with `null` for
 * entities of a list that are fine, and missing references by the name of where they stand.
 */
export function faultTree(faults: readonly DeclarativeFault[]): Record<string, unknown> {
  const tree: Record<string, unknown> = {}
  for (const fault of faults) if (fault.kind !== 'reference') place(tree, fault.keys, fault)
  for (const fault of faults) if (fault.kind === 'reference') placeReference(tree, fault)
  return tree
}

type Branch = Record<string | number, unknown>

function place(root: Branch, keys: DocumentKeys, fault: DeclarativeFault): void {
  let branch = root
  for (const [index, key] of keys.slice(0, -1).entries()) {
    branch = branchAt(branch, key, typeof keys[index + 1] === 'number')
  }
  const key = keys.at(-1) ?? 'error'
  if (fault.kind === 'field') return put(branch, key, fault.message)
  const isRepeated = fault.message.startsWith('uniqueness violation')
  if (isRepeated && (branch[key] ?? null) === null) return put(branch, key, fault.message)
  const entity = branchAt(branch, key, false)
  put(entity, '@entity', [...((entity['@entity'] as string[] | undefined) ?? []), fault.message])
}

function branchAt(branch: Branch, key: string | number, isList: boolean): Branch {
  const there = Object.hasOwn(branch, key) ? branch[key] : undefined
  if (typeof there === 'object' && there !== null) return there as Branch
  const made: Branch = isList ? ([] as unknown as Branch) : {}
  if (typeof there === 'string') put(made, '@entity', [there])
  put(branch, key, made)
  return made
}

/** Lists have no holes. A name may be `__proto__`. */
function put(branch: Branch, key: string | number, value: unknown): void {
  if (Array.isArray(branch)) {
    while (branch.length < Number(key)) branch.push(null)
  }
  Object.defineProperty(branch, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

function placeReference(tree: Branch, fault: DeclarativeFault): void {
  const { entity, key } = fault.from ?? { entity: '', key: '' }
  const there = Object.hasOwn(tree, entity) ? tree[entity] : undefined
  // Kong stops before it looks at references when anything else is wrong.
  if (Array.isArray(there)) return place(tree, fault.keys, { ...fault, kind: 'field' })
  const names = isRecord(there) ? (there as Branch) : branchAt(tree, entity, false)
  const told = Object.hasOwn(names, key) ? (names[key] as string[]) : []
  put(names, key, [...told, fault.message])
}
