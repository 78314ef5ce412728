import type { ExitFunction, KnownExitReason } from '@postern/exit-transformer'

// Compiled against the packed packages by check-packages.mjs: a type that has become `any` leaves an
// error out that is expected here.
export const known: KnownExitReason = 'key-auth.no_key'
// @ts-expect-error An editor offers known reasons only.
export const unknown: KnownExitReason = 'key-auth.no_such_reason'

const friendly: ExitFunction = (status, body, headers, exit) => {
  if (exit.reason === 'key-auth.no_key') return [status, { error: 'Who are you?' }, headers]
  // @ts-expect-error There is no such fact.
  return { body: { was: body, why: exit.reasno } }
}

export default friendly
