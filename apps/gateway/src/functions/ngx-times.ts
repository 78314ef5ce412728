import type { HostFunction, HostValue } from '@postern/lua'
import { NIL } from './lua-value.ts'

/** The clock of `ngx`. It is never kept back, so that `ngx.update_time` has nothing to do. */
export const ngxTimes: Readonly<Record<string, HostFunction>> = {
  time: () => Math.floor(Date.now() / 1000),
  now: () => Date.now() / 1000,
  update_time: () => undefined,
  today: () => localText(new Date()).slice(0, 10),
  localtime: () => localText(new Date()),
  utctime: () => new Date().toISOString().slice(0, 19).replace('T', ' '),
  http_time: (seconds) => dateOf(seconds).toUTCString(),
  cookie_time: (seconds) => cookieTime(dateOf(seconds)),
  parse_http_time: (text) => parseHttpTime(String(text)) ?? NIL,
}

function localText(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}

function dateOf(seconds: HostValue): Date {
  const date = new Date(Math.trunc(Number(seconds)) * 1000)
  if (Number.isNaN(date.getTime())) throw new Error('number expected')
  return date
}

/** `Thu, 18-Nov-10 11:27:35 GMT`: two digits of the year until 2037, four from then on, as nginx. */
function cookieTime(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().split(' ')
  const shown = date.getUTCFullYear() > 2037 ? year : (year as string).slice(2)
  return `${weekday} ${day}-${month}-${shown} ${time} GMT`
}

const HTTP_TIME = /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/

/** nil for what is no time. */
function parseHttpTime(text: string): HostValue {
  if (!HTTP_TIME.test(text)) return undefined
  const seconds = Date.parse(text) / 1000
  return Number.isNaN(seconds) ? undefined : seconds
}
