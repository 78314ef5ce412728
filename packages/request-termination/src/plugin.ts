import type { ExitBody, ExitHeaders } from '@postern/pdk-response'
import { definePlugin, type Kong, type Plugin } from '@postern/plugin-runtime'
import { describeRequest } from './describe-request.ts'
import type { REQUEST_TERMINATION_EXIT_REASONS } from './exit-reasons.ts'
import { isTriggered } from './is-triggered.ts'
import { type RequestTerminationConfig, requestTerminationSchema } from './schema.ts'

/**
 * Makes the plugin: requests are answered here and never reach a Service.
 *
 * @see Kong Gateway docs, plugin request-termination
 */
export function createRequestTerminationPlugin(): Plugin<RequestTerminationConfig> {
  return definePlugin({
    name: 'request-termination',
    version: '0.1.0',
    priority: 2,
    schema: requestTerminationSchema,

    access(kong, config) {
      if (!isTriggered(kong.request, config.trigger)) return
      if (config.echo) return echo(kong, config)
      const { status_code: status, body } = config
      if (body === null)
        exit(kong, status, { body: messageOf(config), reason: 'request-termination.message' })
      exit(kong, status, { body, headers: typeOf(config), reason: 'request-termination.body' })
    },
  })
}

/** Texts for statuses without a message, as Kong has them. Other statuses have none. */
const DEFAULT_MESSAGES: ReadonlyMap<number, string> = new Map([
  [401, 'Unauthorized'],
  [404, 'Not found'],
  [405, 'Method not allowed'],
  [500, 'An unexpected error occurred'],
  [502, 'Bad gateway'],
  [503, 'Service unavailable'],
])

function messageOf(config: RequestTerminationConfig): { readonly message: string } | undefined {
  const message = config.message ?? DEFAULT_MESSAGES.get(config.status_code)
  return message === undefined ? undefined : { message }
}

function typeOf({ content_type: type }: RequestTerminationConfig): ExitHeaders | undefined {
  return type === null ? undefined : { 'Content-Type': type }
}

async function echo(kong: Kong<'access'>, config: RequestTerminationConfig): Promise<void> {
  const body = { ...messageOf(config), ...(await describeRequest(kong)) }
  exit(kong, config.status_code, { body, reason: 'request-termination.echo' })
}

interface Answer {
  readonly body: ExitBody | undefined
  readonly headers?: ExitHeaders | undefined
  readonly reason: keyof typeof REQUEST_TERMINATION_EXIT_REASONS
}

function exit(kong: Kong<'access'>, status: number, answer: Answer): never {
  const { body, headers, reason } = answer
  return kong.response.exit(status, body, headers, { reason })
}
