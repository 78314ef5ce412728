/**
 * A moment as RFC 3339 has it, in UTC with milliseconds.
 *
 * The part up to the second is kept: a Date for each request would cost as much as the rest of its
 * line.
 */
export function isoTime(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== keptSecond) {
    keptSecond = second
    keptText = new Date(second * 1000).toISOString().slice(0, -4)
  }
  const rest = ms - second * 1000
  return `${keptText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`
}

let keptSecond = Number.NaN
let keptText = ''
