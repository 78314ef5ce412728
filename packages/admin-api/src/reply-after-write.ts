import type { Reply } from './endpoint.ts'
import { warningHeader } from './warning-header.ts'
import { type AdminContext, runWrite, type WriteContext } from './write-context.ts'

/**
 * Runs a handler in a transaction, and waits until what it changed is served before its reply goes
 * out. Publishing that fails does not undo the write, so it does not change the reply.
 */
export async function replyAfterWrite(
  admin: AdminContext,
  handle: (context: WriteContext) => Promise<Reply>,
): Promise<Reply> {
  const { result, context } = await runWrite(admin, handle)
  if (context.hasChanged) {
    await admin.options.published?.().catch((error: unknown) => admin.options.onError?.(error))
  }
  const headers = warningHeader(admin.options, context.written)
  return headers === undefined ? result : { ...result, headers: { ...result.headers, ...headers } }
}
