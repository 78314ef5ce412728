import type { PdkCall } from './call-tree.ts'

/** What kong-pdk offers in another form than the PDK: values by functions, a table as JSON text. */
export const extraFunctions: readonly (readonly [name: string, call: PdkCall])[] = [
  ['ctx.shared.get', (kong, [key]) => kong.ctx.shared[String(key)]],
  ['ctx.shared.set', (kong, [key, value]) => void (kong.ctx.shared[String(key)] = value)],
  ['ctx.plugin.get', (kong, [key]) => kong.ctx.plugin[String(key)]],
  ['ctx.plugin.set', (kong, [key, value]) => void (kong.ctx.plugin[String(key)] = value)],
  ['log.serialize', (kong) => JSON.stringify(kong.log.serialize())],
]
