/**
 * A fault told to an operator or to the author of a plugin, never to a client.
 *
 * Compare `code`, not the class: two copies of this package may be installed. Each code has a page
 * `docs/errors/CODE.md`.
 */
export class PosternError extends Error {
  /** Never changes once published, for example `POSTERN_ROUTER_PATH_REGEX_INVALID`. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'PosternError'
    this.code = code
  }

  /** Keeps what was caught. Answers this error, so that it can be thrown in the same line. */
  causedBy(cause: unknown): this {
    this.cause = cause
    return this
  }
}
