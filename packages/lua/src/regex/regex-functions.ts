import { LuaReference } from '../host/host-value.ts'
import { createNgxRe } from './ngx-re.ts'

/**
 * The functions of OpenResty's `ngx.re` (match, find, gmatch, sub, gsub), to be put among `globals`.
 * Regular expressions are Perl's as PCRE reads them, and each step of a match is paid.
 *
 * @example
 * createLua({ globals: { ngx: { re: ngxRegexFunctions() } } })
 */
export function ngxRegexFunctions(): LuaReference {
  return new LuaReference(createNgxRe(), () => undefined)
}
