/**
 * What a call of the PDK answers, where it may fail: a promise that knows whether somebody has
 * looked at it.
 *
 * Plugins often leave out `await` where they need no answer. A failure that nobody looks at must
 * neither be lost nor end the process as an unhandled rejection.
 */
export class CallResult extends Promise<unknown> {
  /** Somebody waits for it, and gets to see its failure. */
  isSeen = false

  /** What follows from it are ordinary promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  // oxlint-disable-next-line unicorn/no-thenable -- `await` and `Promise.all` call it.
  override then<Answer = unknown, Other = never>(
    fulfilled?: ((value: unknown) => Answer | PromiseLike<Answer>) | null,
    rejected?: ((error: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Answer | Other> {
    this.isSeen = true
    return super.then(fulfilled, rejected)
  }

  /** Tells of a failure, seen or not. Does not count as looking at it. */
  onFailure(tell: (error: unknown) => void): void {
    super.then(undefined, tell)
  }
}
