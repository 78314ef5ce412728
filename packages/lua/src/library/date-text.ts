import { allocateString, spend } from '../runtime/budget.ts'

export interface DateFields {
  readonly year: number
  /** From 0. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** From 0, Sunday first. */
  readonly weekday: number
  /** From 0. */
  readonly dayOfYear: number
  readonly isSummerTime: boolean
  /** Minutes ahead of UTC. */
  readonly offset: number
}

const DAY_MS = 86_400_000

export function dateFields(at: Date, isUtc: boolean): DateFields {
  const offset = isUtc ? 0 : -at.getTimezoneOffset()
  // The local time read as if it were UTC, so that one set of getters serves both.
  const local = new Date(at.getTime() + offset * 60_000)
  const year = local.getUTCFullYear()
  const standard = Math.min(offsetIn(year, 0), offsetIn(year, 6))
  return {
    year,
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    weekday: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / DAY_MS),
    isSummerTime: !isUtc && offset !== standard,
    offset,
  }
}

function offsetIn(year: number, month: number): number {
  return -new Date(year, month, 1).getTimezoneOffset()
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS =
  'January February March April May June July August September October November December'.split(' ')

type Writer = (fields: DateFields, at: Date) => string

const two = (value: number): string => String(value).padStart(2, '0')
const blank = (value: number): string => String(value).padStart(2, ' ')
const hour12 = (hour: number): number => hour % 12 || 12

/** The directives of C's strftime in the C locale. */
const DIRECTIVES: Readonly<Record<string, Writer>> = {
  a: (f) => (DAYS[f.weekday] as string).slice(0, 3),
  A: (f) => DAYS[f.weekday] as string,
  b: (f) => (MONTHS[f.month] as string).slice(0, 3),
  B: (f) => MONTHS[f.month] as string,
  c: (f, at) => expand('%a %b %e %H:%M:%S %Y', f, at),
  C: (f) => two(Math.floor(f.year / 100)),
  d: (f) => two(f.day),
  D: (f, at) => expand('%m/%d/%y', f, at),
  e: (f) => blank(f.day),
  F: (f, at) => expand('%Y-%m-%d', f, at),
  g: (f) => two(isoWeek(f).year % 100),
  G: (f) => String(isoWeek(f).year),
  h: (f) => (MONTHS[f.month] as string).slice(0, 3),
  H: (f) => two(f.hour),
  I: (f) => two(hour12(f.hour)),
  j: (f) => String(f.dayOfYear + 1).padStart(3, '0'),
  k: (f) => blank(f.hour),
  l: (f) => blank(hour12(f.hour)),
  m: (f) => two(f.month + 1),
  M: (f) => two(f.minute),
  n: () => '\n',
  p: (f) => (f.hour < 12 ? 'AM' : 'PM'),
  P: (f) => (f.hour < 12 ? 'am' : 'pm'),
  r: (f, at) => expand('%I:%M:%S %p', f, at),
  R: (f, at) => expand('%H:%M', f, at),
  s: (_, at) => String(Math.floor(at.getTime() / 1000)),
  S: (f) => two(f.second),
  t: () => '\t',
  T: (f, at) => expand('%H:%M:%S', f, at),
  u: (f) => String(f.weekday || 7),
  U: (f) => two(Math.floor((f.dayOfYear + 7 - f.weekday) / 7)),
  V: (f) => two(isoWeek(f).week),
  w: (f) => String(f.weekday),
  W: (f) => two(Math.floor((f.dayOfYear + 7 - ((f.weekday + 6) % 7)) / 7)),
  x: (f, at) => expand('%m/%d/%y', f, at),
  X: (f, at) => expand('%H:%M:%S', f, at),
  y: (f) => two(f.year % 100),
  Y: (f) => String(f.year),
  z: (f) =>
    `${f.offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(f.offset) / 60))}${two(Math.abs(f.offset) % 60)}`,
  Z: (f, at) => (f.offset === 0 ? 'GMT' : zoneName(at)),
  '%': () => '%',
}

/** `os.date` for a format that is not `*t`. */
export function formatDate(format: string, at: Date, isUtc: boolean): string {
  // V8 looks for all directives before it replaces the first.
  spend(format.length * 10)
  allocateString(format.length * 40)
  return expand(format, dateFields(at, isUtc), at)
}

function expand(format: string, fields: DateFields, at: Date): string {
  return format.replace(/%(.)/gs, (whole, letter: string) => {
    spend(60)
    return DIRECTIVES[letter]?.(fields, at) ?? whole
  })
}

function isoWeek(f: DateFields): { year: number; week: number } {
  const thursday = f.dayOfYear - ((f.weekday + 6) % 7) + 3
  const length = daysIn(f.year)
  if (thursday < 0)
    return { year: f.year - 1, week: Math.floor((thursday + daysIn(f.year - 1)) / 7) + 1 }
  if (thursday >= length) return { year: f.year + 1, week: 1 }
  return { year: f.year, week: Math.floor(thursday / 7) + 1 }
}

function daysIn(year: number): number {
  return Math.round((Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY_MS)
}

function zoneName(at: Date): string {
  return /\(([^)]+)\)$/.exec(at.toString())?.[1]?.replace(/[a-z ]+/g, '') ?? ''
}
