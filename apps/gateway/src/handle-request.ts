import type { GatewayCore } from './gateway.ts'
import type { Exchange, Refusal } from './listener/listener.ts'
import { enterLog } from './end-request.ts'
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
  // Kong: said at every request, as what the plugin does in any of them cannot be relied on.
  if (gateway.startAlert !== undefined) {
    gateway.log.alert(`${gateway.startAlert}; request ${ctx.request.id} is served all the same`)
  }
  // The log phase follows when the answer has left or the client has gone.
  exchange.listener = ctx
  ctx.steps = PRODUCE_RESPONSE
  follow(ctx)
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

/** Part of the way of a request. What waits answers something to wait for. */
export type Step = (ctx: RequestContext) => void | Waiting

/** Calls one of them, later. A promise is one. */
export interface Waiting {
  then(done: () => void, failed: (error: unknown) => void): unknown
}

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

/** Takes the steps in order. Stays synchronous until one of them waits. */
function follow(ctx: RequestContext): void {
  while (!ctx.closed) {
    const step = ctx.steps[ctx.nextStep++]
    if (step === undefined) {
      if (ctx.steps !== PRODUCE_RESPONSE) return
      begin(ctx, SEND_RESPONSE)
      continue
    }
    try {
      const waiting = step(ctx)
      if (waiting === undefined) continue
      ctx.isWaiting = true
      waiting.then(goOn.bind(undefined, ctx), giveUp.bind(undefined, ctx))
      return
    } catch (error) {
      if (!recover(ctx, error)) return
    }
  }
}

function begin(ctx: RequestContext, steps: readonly Step[]): void {
  ctx.steps = steps
  ctx.nextStep = 0
}

/** Goes on after a wait, unless the request has ended meanwhile. */
function goOn(ctx: RequestContext): void {
  ctx.isWaiting = false
  if (ctx.closed) enterLog(ctx)
  else follow(ctx)
}

function giveUp(ctx: RequestContext, error: unknown): void {
  ctx.isWaiting = false
  if (ctx.closed) enterLog(ctx)
  else if (recover(ctx, error)) follow(ctx)
}

/** A fault of ours: a 500 while that can still be said, a cut connection afterwards. */
function recover(ctx: RequestContext, error: unknown): boolean {
  const canAnswer = exitUnexpectedly(ctx, error)
  if (canAnswer) begin(ctx, ctx.steps === PRODUCE_RESPONSE ? SEND_RESPONSE : SEND_UNEXPECTED)
  else ctx.exchange.abort()
  return canAnswer
}

/** What failed once must not be tried again: no functions, no plugins. */
const SEND_UNEXPECTED: readonly Step[] = [sendHead, sendBody]
