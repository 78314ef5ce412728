import { LuaSyntaxError } from './syntax-error.ts'

export const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** A place in Lua source, and the errors that are told there. */
export class SourceReader {
  readonly source: string
  readonly chunkName: string
  position = 0
  line = 1
  lineStart = 0

  constructor(source: string, chunkName: string) {
    this.source = source
    this.chunkName = chunkName
  }

  /** An error inside the token that began at `start`. */
  errorInside(message: string, start: number): LuaSyntaxError {
    return this.fault(message, this.source.slice(start, this.position), this.line, start)
  }

  newLine(): void {
    const code = this.source.charCodeAt(this.position)
    const next = this.source.charCodeAt(this.position + 1)
    const isPair = (next === 10 || next === 13) && next !== code
    this.position += isPair ? 2 : 1
    this.line++
    this.lineStart = this.position
  }

  /** An error about something that the end of the source cut off. */
  unfinished(what: string): LuaSyntaxError {
    return this.fault(`unfinished ${what}`, '<eof>', this.line, this.source.length)
  }

  fault(message: string, text: string, line: number, at: number): LuaSyntaxError {
    const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text
    const column = Math.max(1, at - this.lineStart + 1)
    return new LuaSyntaxError(this.chunkName, line, column, `${message} near '${shown}'`)
  }
}
