import type { GatewayCore } from './gateway.ts'
import type { Exchange, Refusal } from './listener/listener.ts'
import { endRequest, enterLog } from './end-request.ts'
import { enterAccess, enterHeaderFilter, enterResponse, enterRewrite } from './enter-phase.ts'
import { exitUnexpectedly } from './exit-unexpectedly.ts'
import { matchRoute } from './match-route.ts'
import { openRequest } from './open-request.ts'
import { proxyToService } from './proxy-to-service.ts'
import { refuseRequest } from './refuse-request.ts'
import type { RequestContext } from './request-context.ts'
import { sendBody } from './send-body.ts'
import { sendHead } from './send-head.ts'
import { transformExit } from './transform-exit.ts'

/** The life of one request, top to bottom. Each step has its own file of the same name. */
export function handleRequest(gateway: GatewayCore, exchange: Exchange, refusal?: Refusal): void {
  const ctx = openSafely(gateway, exchange, refusal)
  if (ctx === undefined) return
  // The log phase follows when the answer has left or the client has gone.
  exchange.onClose = (finished) => endRequest(ctx, finished)
  follow(ctx, PRODUCE_RESPONSE, (context) => follow(context, SEND_RESPONSE, done))
}

/** A request that we cannot even look at ends its own connection, and not the process. */
function openSafely(
  gateway: GatewayCore,
  exchange: Exchange,
  refusal: Refusal | undefined,
): RequestContext | undefined {
  try {
    return openRequest(gateway, exchange, refusal)
  } catch (error) {
    gateway.log.crit('a request could not be opened: ', error)
    exchange.abort()
    return undefined
  }
}

type Step = (ctx: RequestContext) => void | Promise<void>

/** Ends either with the head of the Service's response in `ctx`, or with `ctx.exit`. */
const PRODUCE_RESPONSE: readonly Step[] = [
  untilExit(refuseRequest),
  untilExit(enterRewrite),
  untilExit(matchRoute),
  untilExit(enterAccess),
  untilExit(proxyToService),
  untilExit(enterResponse),
]

/** An Exit made in header_filter takes the same way out as any other. */
const SEND_RESPONSE: readonly Step[] = [
  transformExit,
  enterHeaderFilter,
  transformExit,
  sendHead,
  sendBody,
]

function untilExit(step: Step): Step {
  return (ctx) => (ctx.exit === undefined ? step(ctx) : undefined)
}

function done(): void {
  // What follows is up to the connection.
}

/** Takes the steps in order. Stays synchronous until one of them waits. */
function follow(
  ctx: RequestContext,
  steps: readonly Step[],
  next: (ctx: RequestContext) => void,
  from = 0,
): void {
  for (let i = from; i < steps.length && !ctx.closed; i++) {
    try {
      const pending = (steps[i] as Step)(ctx)
      if (pending === undefined) continue
      ctx.isWaiting = true
      pending.then(
        () => resume(ctx, () => follow(ctx, steps, next, i + 1)),
        (error: unknown) => resume(ctx, () => fail(ctx, steps, next, error)),
      )
      return
    } catch (error) {
      fail(ctx, steps, next, error)
      return
    }
  }
  if (!ctx.closed) next(ctx)
}

/** Goes on after a wait, unless the request has ended meanwhile. */
function resume(ctx: RequestContext, go: () => void): void {
  ctx.isWaiting = false
  if (ctx.closed) enterLog(ctx)
  else go()
}

/** A fault of ours: a 500 while that can still be said, a cut connection afterwards. */
function fail(
  ctx: RequestContext,
  steps: readonly Step[],
  next: (ctx: RequestContext) => void,
  error: unknown,
): void {
  const canAnswer = exitUnexpectedly(ctx, error)
  if (!canAnswer) ctx.exchange.abort()
  else if (steps === PRODUCE_RESPONSE) next(ctx)
  else follow(ctx, SEND_UNEXPECTED, done)
}

/** What failed once must not be tried again: no functions, no plugins. */
const SEND_UNEXPECTED: readonly Step[] = [sendHead, sendBody]
