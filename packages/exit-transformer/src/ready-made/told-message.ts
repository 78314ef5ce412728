import type { ExitFunctionContext } from '../exit-function.ts'

/**
 * What a body says since a function of this folder wrote it, by the exit. A text cannot be read back:
 * it may be a page of HTML, and the function behind would tell the words that stood there before.
 *
 * The functions of one run are given the same context, and it goes when the run is over.
 */
const told = new WeakMap<ExitFunctionContext, string>()

/** Says that the body has another message from now on. */
export function tellMessage(exit: ExitFunctionContext, message: string): void {
  told.set(exit, message)
}

/** The message of an exit as functions before have told it, or as the exit was made. */
export function messageNow(exit: ExitFunctionContext): string | undefined {
  return told.get(exit) ?? exit.message
}
