import { type Exit, renderStreamExit } from '@postern/pdk-response'
import { runPhase } from '@postern/plugin-runtime'
import type { OpenRequest } from './create-plugin-test.ts'
import type { LogLine } from './log-lines.ts'

/** What came of a TCP connection. */
export interface StreamTestResult {
  /** Status of the session, for logs; 200 when it was let through. */
  readonly status: number
  /** What the client got before the connection was closed; empty for nothing. */
  readonly output: string
  /** The Exit that ended it; undefined when it would have been proxied. */
  readonly exit: Exit | undefined
  readonly logs: readonly LogLine[]
}

/** The life of a TCP connection: preread, and log. */
export async function runStream({ ctx, logs, world }: OpenRequest): Promise<StreamTestResult> {
  ctx.route = world.route
  ctx.service = world.service
  await runPhase(ctx, 'preread')
  const { exit } = ctx
  const end = exit && renderStreamExit(exit)
  if (end?.logged !== undefined) ctx.log.err(end.logged)
  ctx.response.status = end?.status ?? 200
  await runPhase(ctx, 'log')
  const output = end?.output === undefined ? '' : Buffer.from(end.output as Uint8Array).toString()
  return { status: ctx.response.status, output, exit, logs }
}
