import { readFileSync, statSync } from 'node:fs'
import { configErrors } from '../config/errors.ts'
import { type Problem, problemAt } from '../config/problem.ts'
import { trialErrors } from '../exit-trials/errors.ts'

/** Longest file that is read as a source, in bytes: parsing takes memory many times that. */
const MAX_SOURCE_BYTES = 1024 * 1024

/** The text of a file, or why it has none. */
export function readSource(path: string, maxBytes: number = MAX_SOURCE_BYTES): string | Problem {
  const bytes = readBytes(path, maxBytes)
  if (!(bytes instanceof Uint8Array)) return bytes
  const at = bytes.indexOf(0)
  if (at >= 0) return problemAt(wholeFile(path), trialErrors.NOT_TEXT(`byte ${at + 1} is 0`))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return problemAt(wholeFile(path), trialErrors.NOT_TEXT('it is not UTF-8'))
  }
}

/** A device has no end: only files are read. */
function readBytes(path: string, maxBytes: number): Uint8Array | Problem {
  try {
    const stats = statSync(path)
    if (!stats.isFile()) return unreadable(path, stats.isDirectory() ? 'EISDIR' : 'no file')
    if (stats.size > maxBytes) {
      return problemAt(wholeFile(path), trialErrors.TOO_LARGE(stats.size, maxBytes))
    }
    return readFileSync(path)
  } catch (error) {
    return unreadable(path, (error as NodeJS.ErrnoException).code ?? String(error))
  }
}

function unreadable(path: string, reason: string): Problem {
  return problemAt(wholeFile(path), configErrors.FILE_UNREADABLE(path, reason))
}

function wholeFile(path: string): Pick<Problem, 'origin' | 'line' | 'column'> {
  return { origin: path, line: undefined, column: undefined }
}
