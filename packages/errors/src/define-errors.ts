import { PosternError } from './postern-error.ts'

/** The errors of one package: a name for each, and a function that writes its message. */
export type ErrorTable = Readonly<Record<string, (...details: never[]) => string>>

/** One function for each error of the table, which makes the error and leaves throwing to the caller. */
export type PosternErrors<Table extends ErrorTable> = {
  readonly [Name in keyof Table]: (...details: Parameters<Table[Name]>) => PosternError
}

/**
 * Makes the errors of a package from a table of messages.
 *
 * The code of an error is the prefix, an underscore and the name in the table. A message names the
 * thing, quotes the value with `JSON.stringify`, says what was expected, and has no full stop.
 *
 * @example
 * const routerErrors = defineErrors('POSTERN_ROUTER', {
 *   PATH_REGEX_INVALID: (path: string, reason: string) =>
 *     `path ${JSON.stringify(path)} is not a valid regular expression: ${reason}`,
 * })
 * throw routerErrors.PATH_REGEX_INVALID('~/(', 'Unterminated group')
 */
export function defineErrors<const Table extends ErrorTable>(
  prefix: string,
  table: Table,
): PosternErrors<Table> {
  const entries = Object.entries(table).map(([name, message]) => {
    const code = `${prefix}_${name}`
    return [name, (...details: never[]) => new PosternError(code, message(...details))]
  })
  return Object.freeze(Object.fromEntries(entries)) as PosternErrors<Table>
}
