import { hostTable, type HostValue } from '@postern/lua'

/**
 * `kong.db` for Lua, so that `if kong.db then` goes the way it goes in Kong. Every function of every
 * collection says that it reads nothing: what other Routes and their credentials are is not for the
 * functions of one.
 */
export const DB_TABLE: HostValue = hostTable({
  get: (collection) => hostTable({ get: (name) => () => refuse(`kong.db.${collection}.${name}`) }),
})

function refuse(name: string): never {
  throw new Error(`${name} cannot be called here: functions do not read the store`)
}
