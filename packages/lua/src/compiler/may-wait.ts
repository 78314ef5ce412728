import type { Settings } from '../options.ts'

/** Modules of ours that never wait: requiring one of them by its name is no reason to be slower. */
const NEVER_WAITS =
  /\brequire\s*\(?\s*(["'])(?:cjson(?:\.safe)?|base64|ngx\.(?:base64|re)|resty\.template|table\.\w+|kong\.tools\.[\w.]+|pl\.\w+)\1/g

/** Words by which a chunk may come by code or names that are not in its source. */
const MAY_REACH = /\b(?:require|load|loadstring|loadfile|dofile|_G|getfenv|setfenv|module)\b/

/**
 * Whether a chunk may come by a function that waits. Told from the source, so that all others run
 * in the plain form, which costs nothing for what they do not use.
 *
 * A chunk that makes the name of such a function out of parts is told that it cannot wait.
 */
export function mayWait(
  source: string,
  { http, waitingNames }: Pick<Settings, 'http' | 'waitingNames'>,
): boolean {
  if (http === undefined && waitingNames.size === 0) return false
  if (MAY_REACH.test(source.replace(NEVER_WAITS, ''))) return true
  for (const name of waitingNames) if (source.includes(name)) return true
  return false
}
