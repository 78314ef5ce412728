import { LuaTable, newTable } from '../runtime/table.ts'
import { toNumber } from '../runtime/arithmetic.ts'
import { spend } from '../runtime/budget.ts'
import { raise } from '../runtime/position.ts'
import type { Callable, LuaResult, LuaValue } from '../runtime/value.ts'
import { checkInteger, checkNumber, checkString, checkTable } from './arguments.ts'
import { dateFields, formatDate } from './date-text.ts'

/** Seconds of CPU time, as C's clock() tells them. */
function clock(): LuaResult {
  spend(100)
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}

function difftime(...args: LuaValue[]): LuaResult {
  const later = checkNumber(args[0], 1, 'difftime', args.length)
  return args[1] === undefined ? later : later - checkNumber(args[1], 2, 'difftime')
}

function time(...args: LuaValue[]): LuaResult {
  spend(30)
  if (args[0] === undefined) return Math.floor(Date.now() / 1000)
  const table = checkTable(args[0], 1, 'time', args.length)
  const [day, month, year] = ['day', 'month', 'year'].map((name) => required(table, name))
  const at = new Date(
    year as number,
    (month as number) - 1,
    day,
    optional(table, 'hour', 12),
    optional(table, 'min', 0),
    optional(table, 'sec', 0),
  )
  const seconds = Math.floor(at.getTime() / 1000)
  return Number.isNaN(seconds) ? undefined : seconds
}

function required(table: LuaTable, name: string): number {
  const number = toNumber(table.getString(name))
  if (number === undefined) throw raise(`field '${name}' missing in date table`)
  return Math.trunc(number)
}

function optional(table: LuaTable, name: string, otherwise: number): number {
  const number = toNumber(table.getString(name))
  return number === undefined ? otherwise : Math.trunc(number)
}

function date(...args: LuaValue[]): LuaResult {
  const given = args[0] === undefined ? '%c' : checkString(args[0], 1, 'date')
  const seconds = args[1] === undefined ? Date.now() / 1000 : checkInteger(args[1], 2, 'date')
  spend(500)
  const isUtc = given[0] === '!'
  const format = isUtc ? given.slice(1) : given
  const at = new Date(Math.floor(seconds) * 1000)
  if (Number.isNaN(at.getTime())) return undefined
  return format.startsWith('*t') ? dateTable(at, isUtc) : formatDate(format, at, isUtc)
}

function dateTable(at: Date, isUtc: boolean): LuaTable {
  const fields = dateFields(at, isUtc)
  const table = newTable()
  table.setKey('sec', fields.second)
  table.setKey('min', fields.minute)
  table.setKey('hour', fields.hour)
  table.setKey('day', fields.day)
  table.setKey('month', fields.month + 1)
  table.setKey('year', fields.year)
  table.setKey('wday', fields.weekday + 1)
  table.setKey('yday', fields.dayOfYear + 1)
  table.setKey('isdst', fields.isSummerTime)
  return table
}

/** What the sandbox has of `os`. */
export const osFunctions: Readonly<Record<string, Callable>> = { clock, date, difftime, time }
