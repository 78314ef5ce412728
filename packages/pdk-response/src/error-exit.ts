import { errorBody, errorBodyFor } from './error-body.ts'
import { defaultMessage } from './error-messages.ts'
import { ERROR_CONTENT_TYPES } from './error-templates.ts'
import type { Exit, ExitHeaders } from './exit.ts'
import { grpcMessage, isGrpcRequest, isGrpcType } from './grpc.ts'
import { isHeader } from './header-values.ts'
import type { PdkPhase } from './phase.ts'
import type { ResponseRequest, ResponseSettings } from './response-host.ts'

/** An error to be answered. */
export interface ErrorExitFacts {
  /** 400 to 599. */
  readonly status: number
  /** Default: Kong's text for the status. */
  readonly message?: string | undefined
  readonly headers?: ExitHeaders | undefined
  readonly reason: string
  readonly phase: PdkPhase
  readonly plugin?: string | undefined
  /** Default `exit`. */
  readonly source?: 'exit' | 'error'
  /** Default `ordinary`. */
  readonly kind?: Exit['kind']
  /**
   * Who answers. `pdk` (default): Accept chooses the form, else JSON. `server`, as for failures of
   * the server itself: Accept, else the request's Content-Type, else `error_default_type`.
   */
  readonly form?: 'pdk' | 'server'
}

/** Where the error happened: the request it answers, and the settings that apply. */
export interface ErrorExitHost {
  readonly request: ResponseRequest
  readonly settings: ResponseSettings
}

/**
 * Makes the Exit of an error: its message in the template that the request asks for.
 *
 * @see Kong Gateway docs, PDK reference, "kong.response.error"
 */
export function errorExit(facts: ErrorExitFacts, host: ErrorExitHost): Exit {
  const message = facts.message ?? defaultMessage(facts.status)
  const { body, headers } = contentOf(facts, message, host)
  return {
    status: facts.status,
    body,
    headers,
    source: facts.source ?? 'exit',
    kind: facts.kind ?? 'ordinary',
    reason: facts.reason,
    message,
    phase: facts.phase,
    plugin: facts.plugin,
  }
}

interface Content {
  readonly body: string | undefined
  readonly headers: ExitHeaders
}

function contentOf(facts: ErrorExitFacts, message: string, host: ErrorExitHost): Content {
  const given = facts.headers === undefined ? undefined : givenType(facts.headers)
  if (given === undefined) {
    return isGrpcRequest(host.request) ? grpcContent(facts) : negotiated(facts, message, host)
  }
  if (isGrpcType(given)) return grpcContent(facts)
  const text = { message, requestId: host.request.id, templates: host.settings.templates }
  const body = errorBodyFor(given, text)
  // Of several types the first one has chosen the form, and is the one that is true.
  const typed = { ...withoutType(facts.headers), 'Content-Type': given }
  if (body !== undefined) return { body, headers: typed }
  // Kong fails here with a formatting error of Lua; a type without a template gets JSON.
  const headers = { ...typed, 'Content-Type': ERROR_CONTENT_TYPES.json }
  return { body: errorBody(text).body, headers }
}

/** The message travels in a header; Kong drops it and sends the name of the status. */
function grpcContent(facts: ErrorExitFacts): Content {
  const told = facts.message === undefined ? {} : { 'grpc-message': grpcMessage(facts.message) }
  return {
    body: undefined,
    headers: { 'Content-Type': 'application/grpc', ...told, ...facts.headers },
  }
}

function negotiated(facts: ErrorExitFacts, message: string, host: ErrorExitHost): Content {
  const { request, settings } = host
  const isServer = facts.form === 'server'
  const { body, contentType } = errorBody({
    message,
    requestId: request.id,
    accept: acceptOf(request),
    contentType: isServer ? request.headers.get('content-type') : undefined,
    fallback: isServer ? settings.errorDefaultType : 'json',
    templates: settings.templates,
  })
  // Kong: a request that is no gRPC and accepts nothing else gets a type without a name.
  const type = isGrpcType(contentType) && !isServer ? '' : contentType
  return { body, headers: { ...facts.headers, 'Content-Type': type } }
}

function acceptOf(request: ResponseRequest): string | undefined {
  const first = request.headers.get('accept')
  return first === undefined ? undefined : request.headers.getAll('accept').join(',')
}

function givenType(headers: ExitHeaders): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (isHeader(name, 'content-type')) return String(Array.isArray(value) ? value[0] : value)
  }
  return undefined
}

function withoutType(headers: ExitHeaders | undefined): ExitHeaders {
  const entries = Object.entries(headers ?? {})
  return Object.fromEntries(entries.filter(([name]) => !isHeader(name, 'content-type')))
}
