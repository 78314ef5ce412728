import { pluginErrors } from '../errors.ts'

/** What a line of the log is made of. */
interface LogLine {
  readonly message: string
  /** The plugin, or what `kong.log.new` was given; undefined for none. */
  readonly namespace: string | undefined
}

/** Writes a line. `caller` is the function of the kit that was called, to find out who called it. */
export type LogFormat = (line: LogLine, caller: Caller) => string

type Caller = (...values: never) => void

/** How lines look unless told otherwise: `[plugin] message`. */
const PLAIN_FORMAT: LogFormat = ({ message, namespace }) =>
  namespace === undefined ? message : `[${namespace}] ${message}`

/**
 * Makes a format of a text with the placeholders `%message`, `%namespace`, `%file_src`, `%line_src`
 * and `%func_name`. Who called is looked up only where one of the last three is asked for.
 *
 * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
 */
export function compileLogFormat(format: unknown): LogFormat {
  if (format === undefined || format === null) return PLAIN_FORMAT
  if (typeof format !== 'string') {
    throw pluginErrors.ARGUMENT_INVALID('format must be a string if specified')
  }
  const asksForCaller = /%(?:file_src|line_src|func_name)/.test(format)
  return (line, caller) => {
    const site = asksForCaller ? callSiteOf(caller) : NO_SITE
    return format.replace(PLACEHOLDER, (_, name: keyof typeof VALUES) => VALUES[name](line, site))
  }
}

const PLACEHOLDER = /%(message|namespace|file_src|line_src|func_name)/g

interface CallSite {
  readonly file: string
  readonly line: string
  readonly name: string
}

const NO_SITE: CallSite = { file: '?', line: '?', name: '?' }

const VALUES = {
  message: ({ message }: LogLine) => message,
  namespace: ({ namespace }: LogLine) => namespace ?? '',
  file_src: (_line: LogLine, { file }: CallSite) => file,
  line_src: (_line: LogLine, { line }: CallSite) => line,
  func_name: (_line: LogLine, { name }: CallSite) => name,
}

/** Read off a stack, which a locked-down process does not have: then nothing is known. */
function callSiteOf(caller: Caller): CallSite {
  const trace: { stack?: unknown } = {}
  Error.captureStackTrace?.(trace, caller)
  const [, top] = String(trace.stack ?? '').split('\n')
  const found = /^\s*at (?:(.*) \()?(.*?):(\d+):\d+\)?$/.exec(top ?? '')
  if (found === null) return NO_SITE
  const [, name = '?', path = '?', line = '?'] = found
  return { name, line, file: path.slice(path.lastIndexOf('/') + 1) }
}
