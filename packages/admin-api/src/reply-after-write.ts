import type { Reply } from './endpoint.ts'
import { warningHeader } from './warning-header.ts'
import { type AdminContext, runWrite, type WriteContext } from './write-context.ts'

/**
 * Runs a handler in a transaction, and waits until what it changed is served before its reply goes
 * out. Publishing that fails does not undo the write, so it changes nothing of the reply but that
 * header.
 */
export async function replyAfterWrite(
  admin: AdminContext,
  handle: (context: WriteContext) => Promise<Reply>,
): Promise<Reply> {
  const { result, context } = await runWrite(admin, handle)
  const problems = context.hasChanged ? await publish(admin.options) : undefined
  const headers = warningHeader(admin.options, context.written, problems)
  return headers === undefined ? result : { ...result, headers: { ...result.headers, ...headers } }
}

async function publish({
  published,
  onError,
}: AdminContext['options']): Promise<readonly string[] | undefined> {
  try {
    return await published?.()
  } catch (error) {
    onError?.(error)
    return undefined
  }
}
