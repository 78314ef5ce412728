import { siteAt } from '../runtime/budget.ts'
import { placeOf, traceback as stack } from '../runtime/position.ts'
import { newTable } from '../runtime/table.ts'
import type { Callable, LuaResult, LuaValue } from '../runtime/value.ts'
import { checkInteger } from './arguments.ts'

function traceback(message: LuaValue): LuaResult {
  if (message !== undefined && typeof message !== 'string' && typeof message !== 'number') {
    return message
  }
  return message === undefined ? stack() : `${message}\n${stack()}`
}

/** The source and line of a level; what else Lua tells is not known here. */
function getinfo(level: LuaValue): LuaResult {
  const info = newTable()
  const place = typeof level === 'function' ? '' : placeAt(level)
  if (place === undefined) return undefined
  const colon = place.lastIndexOf(':')
  info.setKey('short_src', colon < 0 ? '?' : place.slice(0, colon))
  info.setKey('source', colon < 0 ? '=?' : `@${place.slice(0, colon)}`)
  info.setKey('currentline', colon < 0 ? -1 : Number(place.slice(colon + 1)))
  info.setKey('what', 'Lua')
  return info
}

function placeAt(level: LuaValue): string | undefined {
  return placeOf(siteAt(checkInteger(level, 1, 'getinfo')))
}

/** What mode `on` has of `debug`: enough to log where something happened. */
export const debugFunctions: Readonly<Record<string, Callable>> = { getinfo, traceback }
