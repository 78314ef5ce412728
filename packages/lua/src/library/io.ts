// Files for mode `on`. One file because methods and functions share the state of a file.
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { decodeLossy } from '../host/utf8.ts'
import type { Settings } from '../options.ts'
import { allocateString, scan } from '../runtime/budget.ts'
import { parseNumber } from '../runtime/parse-number.ts'
import { raise } from '../runtime/position.ts'
import { LuaTable, tableOf } from '../runtime/table.ts'
import { Userdata, type Callable, type LuaResult, type LuaValue } from '../runtime/value.ts'
import { badArgument, checkInteger, checkString, wrongType } from './arguments.ts'
import { COMMAND_TIMEOUT_MS, failure } from './os-open.ts'

/** An open file: read whole when it is first read, written as it is told. */
class FileContent {
  readonly descriptor: number | undefined
  readonly write: ((text: string) => void) | undefined
  text: string | undefined
  position = 0
  isOpen = true

  constructor(descriptor: number | undefined, write?: (text: string) => void, text?: string) {
    this.descriptor = descriptor
    this.write = write
    this.text = text
  }

  /** The whole content, charged before it is read. */
  content(): string {
    if (this.text !== undefined) return this.text
    if (this.descriptor === undefined) return (this.text = '')
    allocateString(fstatSync(this.descriptor).size)
    return (this.text = readFileSync(this.descriptor, 'latin1'))
  }
}

class File extends Userdata {
  declare readonly content: FileContent
  constructor(content: FileContent) {
    super('file (0x0000)', content)
    this.metatable = fileMetatable
  }
}

/** `io` for one Lua instance; `io.write` and `io.stdout` go to the option `print`. */
export function ioFunctions(settings: Settings): Readonly<Record<string, LuaValue>> {
  const toPrint = (text: string): void => settings.print(decodeLossy(text))
  const stdout = new File(new FileContent(undefined, toPrint))
  const stdin = new File(new FileContent(undefined, undefined, ''))
  return {
    close: (...args) => close(args[0] ?? stdout),
    lines: (...args) => linesOf(...args),
    open,
    popen,
    read: (...args) => read(stdin, ...args),
    stderr: stdout,
    stdin,
    stdout,
    type: typeOf,
    write: (...args) => write(stdout, ...args),
  }
}

function fileOf(value: LuaValue, name: string): FileContent {
  if (!(value instanceof File)) throw wrongType(1, name, 'FILE*', value, 1)
  if (!value.content.isOpen) throw raise('attempt to use a closed file')
  return value.content
}

function typeOf(value: LuaValue): LuaResult {
  if (!(value instanceof File)) return undefined
  return value.content.isOpen ? 'file' : 'closed file'
}

function open(...args: LuaValue[]): LuaResult {
  const name = decodeLossy(checkString(args[0], 1, 'open', args.length))
  const mode = args[1] === undefined ? 'r' : checkString(args[1], 2, 'open')
  if (!/^[rwa]\+?b?$/.test(mode)) return [undefined, `${name}: Invalid argument`, 22]
  try {
    const descriptor = openSync(name, mode.replace('b', ''))
    const write =
      mode[0] === 'r' && !mode.includes('+')
        ? undefined
        : (text: string) => void writeSync(descriptor, text, null, 'latin1')
    return new File(new FileContent(descriptor, write))
  } catch (error) {
    return failure(name, error)
  }
}

/** Only reading: the command has run to its end, or to its time limit, when this answers. */
function popen(...args: LuaValue[]): LuaResult {
  const command = decodeLossy(checkString(args[0], 1, 'popen', args.length))
  if (args[1] !== undefined && args[1] !== 'r') throw badArgument(2, 'popen', 'only "r" is known')
  const { stdout } = spawnSync(command, {
    shell: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: COMMAND_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 1024 * 1024,
  })
  const text = stdout.toString('latin1')
  allocateString(text.length)
  return new File(new FileContent(undefined, undefined, text))
}

function close(file: LuaValue): LuaResult {
  const content = fileOf(file, 'close')
  content.isOpen = false
  if (content.descriptor !== undefined) closeSync(content.descriptor)
  return true
}

function write(file: LuaValue, ...values: LuaValue[]): LuaResult {
  const content = fileOf(file, 'write')
  if (content.write === undefined) return [undefined, 'Bad file descriptor', 9]
  for (const [i, value] of values.entries()) {
    const text = checkString(value, i + 1, 'write', values.length)
    scan(text.length)
    content.write(text)
  }
  return true
}

function read(file: LuaValue, ...formats: LuaValue[]): LuaResult {
  const content = fileOf(file, 'read')
  const values: LuaValue[] = []
  for (const format of formats.length === 0 ? ['*l'] : formats) {
    const value = readOne(content, format)
    values.push(value)
    if (value === undefined) break
  }
  return values
}

function readOne(file: FileContent, format: LuaValue): LuaValue {
  const text = file.content()
  const isAtEnd = file.position >= text.length
  if (typeof format === 'number') {
    if (isAtEnd) return undefined
    return take(file, file.position + Math.max(0, Math.trunc(format)))
  }
  switch (checkString(format, 1, 'read').replace(/^\*/, '')[0]) {
    case 'a':
      return take(file, text.length)
    case 'l':
      return isAtEnd ? undefined : takeLine(file, text)
    case 'n':
      return takeNumber(file, text)
    default:
      throw badArgument(1, 'read', 'invalid format')
  }
}

function take(file: FileContent, end: number): string {
  const piece = file.content().slice(file.position, end)
  allocateString(piece.length)
  file.position += piece.length
  return piece
}

function takeLine(file: FileContent, text: string): string {
  const newline = text.indexOf('\n', file.position)
  const line = take(file, newline < 0 ? text.length : newline)
  if (newline >= 0) file.position++
  return line
}

function takeNumber(file: FileContent, text: string): LuaValue {
  const found = /^\s*([+-]?[0-9a-fA-FxX.]+(?:[eE][+-]?\d+)?)/.exec(
    text.slice(file.position, file.position + 200),
  )
  const value = parseNumber(found?.[1] ?? '')
  if (value !== undefined) file.position += found?.[0].length ?? 0
  return value
}

function linesOf(...args: LuaValue[]): LuaResult {
  const name = checkString(args[0], 1, 'lines', args.length)
  const opened = open(name)
  if (!(opened instanceof File)) throw raise((opened as LuaValue[])[1] as string)
  return lines(opened)
}

function lines(file: LuaValue): LuaResult {
  const content = fileOf(file, 'lines')
  return () => {
    if (!content.isOpen) throw raise('file is already closed')
    return readOne(content, '*l')
  }
}

function seek(file: LuaValue, whence: LuaValue, offset: LuaValue): LuaResult {
  const content = fileOf(file, 'seek')
  const from = whence === undefined ? 'cur' : checkString(whence, 1, 'seek')
  const by = offset === undefined ? 0 : checkInteger(offset, 2, 'seek')
  const starts = new Map([
    ['set', 0],
    ['cur', content.position],
    ['end', content.content().length],
  ])
  const start = starts.get(from)
  if (start === undefined) throw badArgument(1, 'seek', `invalid option '${from}'`)
  content.position = Math.max(0, start + by)
  return content.position
}

function flush(): LuaResult {
  return true
}

function fileText(file: LuaValue): LuaResult {
  return file instanceof File && !file.content.isOpen ? 'file (closed)' : 'file (0x0000)'
}

const methods: Readonly<Record<string, Callable>> = {
  close,
  flush,
  lines,
  read,
  seek,
  setvbuf: flush,
  write,
}

const fileMetatable = new LuaTable(
  ['__index', tableOf(methods), '__tostring', fileText, '__metatable', false],
  [],
)
