import { type HostFunction, hostTable, type HostValue, type LuaFunction } from '@postern/lua'
import type { Kong, Span } from '@postern/plugin-runtime'
import type { KongSource } from './lua-ngx.ts'
import { NIL } from './lua-value.ts'
import { isLuaFunction } from './pdk-argument.ts'

/** The field by which a span that Lua hands back is known again. */
const HANDLE = 'span_handle'

/** Spans that a request has shown to Lua. */
const shown = new WeakMap<Kong, Span[]>()

/** `kong.tracing` for Lua. A span is a table with the functions of Kong's: `span:set_attribute(…)`. */
export function tracingTable(calls: KongSource): HostValue {
  const tracing = (): Kong['tracing'] => calls.kong('tracing').tracing
  const show = (span: Span | undefined): HostValue =>
    span === undefined ? undefined : spanTable(calls.kong('tracing'), span)
  const spanOf = (value: HostValue): Span | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    const handle = (value as Readonly<Record<string, HostValue>>)[HANDLE]
    return shown.get(calls.kong('tracing'))?.[Number(handle)]
  }
  return {
    start_span: (name, options) => show(tracing().startSpan(String(name), optionsOf(options))),
    create_span: (_, options) => show(tracing().createSpan(undefined, optionsOf(options))),
    active_span: () => show(tracing().activeSpan()) ?? NIL,
    set_active_span: (span) => tracing().setActiveSpan(spanOf(span)),
    link_span: (span, name, options) => {
      const linked = spanOf(span)
      if (linked === undefined) throw new Error('span must be a span')
      const text = typeof name === 'string' ? name : undefined
      return show(tracing().linkSpan(linked, text, optionsOf(options)))
    },
    process_span: (processor) => {
      if (!isLuaFunction(processor)) throw new Error('processor must be a function')
      tracing().processSpan((span) => void (processor as LuaFunction).call(show(span)))
    },
    set_should_sample: (isSampled) => tracing().setShouldSample(isSampled === true),
    get_sampling_decision: () => tracing().getSamplingDecision(),
  }
}

function optionsOf(value: HostValue): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined
}

function spanTable(kong: Kong, span: Span): HostValue {
  const spans = shown.get(kong) ?? []
  shown.set(kong, spans)
  let handle = spans.indexOf(span)
  if (handle < 0) handle = spans.push(span) - 1
  const chained = (change: (args: readonly HostValue[]) => void): HostFunction => {
    return (_, ...args) => {
      change(args)
      return spanTable(kong, span)
    }
  }
  return hostTable({
    fields: {
      [HANDLE]: handle,
      set_attribute: chained(([name, value]) => span.setAttribute(String(name), value)),
      add_event: chained(([name, attributes, at]) => {
        span.addEvent(String(name), optionsOf(attributes), timeOf(at))
      }),
      record_error: chained(([error]) => span.recordError(error)),
      set_status: chained(([status]) => span.setStatus(Number(status))),
      finish: (_, at) => span.finish(timeOf(at)),
    },
    set: () => undefined,
  })
}

function timeOf(value: HostValue): number | undefined {
  return typeof value === 'number' ? value : undefined
}
