import { randomProgram } from './generate-programs.ts'
import {
  coroutineProgram,
  errorProgram,
  numberProgram,
  statementProgram,
} from './generate-control.ts'
import { bytesProgram, formatProgram, patternProgram } from './generate-strings.ts'
import { keyProgram, listProgram, metaProgram } from './generate-tables.ts'

/** The kinds of generated programs. Each makes the same program of the same seed. */
export const families: Readonly<Record<string, (seed: number) => string>> = {
  expressions: randomProgram,
  bytes: bytesProgram,
  formats: formatProgram,
  patterns: patternProgram,
  keys: keyProgram,
  lists: listProgram,
  metatables: metaProgram,
  coroutines: coroutineProgram,
  errors: errorProgram,
  numbers: numberProgram,
  statements: statementProgram,
}
