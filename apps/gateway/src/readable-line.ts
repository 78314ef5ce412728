/**
 * A line of the operator's log for people: `10:02:03 warn text name="value"`, in local time.
 *
 * @param line as pino writes it: JSON with `time`, `level` and `msg`
 */
export function readableLine(line: string): string {
  const { time, level, pid: _pid, msg, ...facts } = JSON.parse(line) as Record<string, unknown>
  const clock = new Date(String(time)).toTimeString().slice(0, 8)
  const rest = Object.entries(facts).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  return `${clock} ${String(level)} ${printable(String(msg ?? ''))}${rest.join('')}`
}

/** What a client sent must not move the cursor nor change the colours. Stacks have several lines. */
function printable(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, '\uFFFD')
}
