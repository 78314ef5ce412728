import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  INVALID: (problems: readonly string[]) =>
    `the configuration has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${problems.join('\n')}`,
  FILE_UNREADABLE: (file: string, reason: string) =>
    `the file ${JSON.stringify(file)} cannot be read: ${reason}`,
  FILE_KIND_UNKNOWN: (file: string, endings: string) =>
    `${JSON.stringify(file)} cannot be checked, expected a file ending in one of ${endings}`,
  SYNTAX: (found: string, expected: string) =>
    `found ${JSON.stringify(found)}, expected ${expected}`,
  KEY_UNKNOWN: (key: string, suggestion: string | undefined) =>
    `unknown key ${JSON.stringify(key)}${suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`}`,
  KEY_NOT_SUPPORTED: (key: string) =>
    `${JSON.stringify(key)} is a key of Kong that has no effect in Postern`,
  KEY_NEEDLESS: (key: string, note: string) => `${JSON.stringify(key)} has no effect: ${note}`,
  KEY_NOT_YET: (key: string, standard: string | null) =>
    `${JSON.stringify(key)} has no effect yet; it is as if ${standard === null ? 'it were not set' : `it were ${standard}`}`,
  KEY_REPEATED: (key: string, line: number) =>
    `${JSON.stringify(key)} was already set in line ${line}; the last one holds`,
  VALUE_INVALID: (key: string, value: string, expected: string) =>
    `${key} is ${value}, expected ${expected}`,
  VALUE_CUT: (key: string) =>
    `the value of ${JSON.stringify(key)} ends before the "#"; write "\\#" if it belongs to the value`,
}

/** What can be wrong with postern.conf, with the variables `POSTERN_*` and `KONG_*`, and with options. */
export const configErrors: PosternErrors<typeof table> = defineErrors('POSTERN_CONFIG', table)
