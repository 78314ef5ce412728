import { spawnSync } from 'node:child_process'
import { renameSync, rmSync, existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { raise } from '../runtime/position.ts'
import type { Callable, LuaResult, LuaValue } from '../runtime/value.ts'
import { decodeLossy, encodeUtf8 } from '../host/utf8.ts'
import { checkString } from './arguments.ts'

/** How long a command may hold up the process that Lua runs in. */
export const COMMAND_TIMEOUT_MS = 1000

function execute(...args: LuaValue[]): LuaResult {
  if (args[0] === undefined) return 1
  const command = decodeLossy(checkString(args[0], 1, 'execute'))
  const { status, signal } = spawnSync(command, {
    shell: true,
    stdio: 'ignore',
    env: {},
    timeout: COMMAND_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  // Lua 5.1 answers the raw status of C's system().
  return signal === null ? (status ?? 0) * 256 : 9
}

function exit(): LuaResult {
  throw raise('os.exit would end the gateway and is not available')
}

/** No variable is set: nginx empties the environment of its workers, and ours may hold secrets. */
function getenv(...args: LuaValue[]): LuaResult {
  checkString(args[0], 1, 'getenv', args.length)
  return undefined
}

function remove(...args: LuaValue[]): LuaResult {
  const name = decodeLossy(checkString(args[0], 1, 'remove', args.length))
  return attempt(name, () => {
    if (!existsSync(name)) throw Object.assign(new Error(), { code: 'ENOENT' })
    rmSync(name)
  })
}

function rename(...args: LuaValue[]): LuaResult {
  const from = decodeLossy(checkString(args[0], 1, 'rename', args.length))
  const to = decodeLossy(checkString(args[1], 2, 'rename', args.length))
  return attempt(from, () => renameSync(from, to))
}

function tmpname(): LuaResult {
  return join(mkdtempSync(join(tmpdir(), 'lua_')), 'file')
}

function setlocale(...args: LuaValue[]): LuaResult {
  const [locale] = args
  return locale === undefined || locale === 'C' || locale === '' ? 'C' : undefined
}

/** What failed is answered as Lua does: nil, a message, a number. */
function attempt(name: string, work: () => void): LuaResult {
  try {
    work()
    return true
  } catch (error) {
    return failure(name, error)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  EISDIR: 'Is a directory',
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
}

export function failure(name: string, error: unknown): LuaValue[] {
  const { code = 'unknown error', errno = -1 } = error as { code?: string; errno?: number }
  return [undefined, encodeUtf8(`${name}: ${REASONS[code] ?? code}`), Math.abs(errno)]
}

/** What mode `on` adds to `os`. */
export const openOsFunctions: Readonly<Record<string, Callable>> = {
  execute,
  exit,
  getenv,
  remove,
  rename,
  setlocale,
  tmpname,
}
