import { checkString } from '../library/arguments.ts'
import { allocateString, spend } from '../runtime/budget.ts'
import { type LuaTable, tableOf } from '../runtime/table.ts'
import type { LuaResult, LuaValue } from '../runtime/value.ts'

/** The modules `base64` (encode, decode) and `ngx.base64` (the same in the alphabet for URLs). */
export function createBase64(isForUrls: boolean): LuaTable {
  return isForUrls
    ? tableOf({ encode_base64url: coder('base64url', true), decode_base64url: decoder(URL_SAFE) })
    : tableOf({ encode: coder('base64', false), decode: decoder(PLAIN) })
}

const PLAIN = /^[A-Za-z0-9+/]*={0,2}$/
const URL_SAFE = /^[A-Za-z0-9_-]*={0,2}$/

function coder(alphabet: 'base64' | 'base64url', isForUrls: boolean) {
  return (...args: LuaValue[]): LuaResult => {
    const bytes = checkString(args[0], 1, isForUrls ? 'encode_base64url' : 'encode', args.length)
    charge(bytes.length * 2)
    return Buffer.from(bytes, 'latin1').toString(alphabet)
  }
}

/** Answers nil and a reason for what is no base64. */
function decoder(form: RegExp) {
  return (...args: LuaValue[]): LuaResult => {
    const text = checkString(args[0], 1, 'decode', args.length)
    charge(text.length)
    if (!form.test(text)) return [undefined, 'invalid input']
    return Buffer.from(text, 'base64').toString('latin1')
  }
}

function charge(length: number): void {
  spend(20 + (length >> 3))
  allocateString(length)
}
