import { checkRecord, describeViolations } from '@postern/schema'
import { readSource } from '../cli/read-source.ts'
import { trialErrors } from './errors.ts'
import { readYaml } from './read-yaml.ts'
import type { TrialExit, TrialValues } from './trial-exit.ts'
import { asTrialExit, trialExitSchema } from './trial-exit-schema.ts'

/** Largest body that `--body @FILE` reads, in bytes: as much as the Admin API takes. */
export const MAX_BODY_BYTES: number = 10 * 1024 * 1024

/** What the command line says of an exit; texts as they were typed. */
export interface AskedExit {
  readonly status?: string
  readonly reason?: string
  readonly body?: string
  readonly exitHeader?: readonly string[]
  readonly accept?: string
  readonly header?: readonly string[]
  readonly method?: string
  readonly path?: string
  readonly host?: string
  readonly case?: string
}

/** What is answered when nothing is asked for: the exit that most people meet first. */
const DEFAULT_EXIT: TrialExit = { reason: 'key-auth.no_key' }

/**
 * The exit that options ask for, over what a file says.
 *
 * @throws POSTERN_TRIAL_OPTION, POSTERN_TRIAL_INVALID, and what is wrong with files
 */
export function askedExit(asked: AskedExit): TrialExit {
  const given = asked.case === undefined ? {} : readCase(asked.case)
  const options = exitOptions(asked)
  const request = { ...(given.request as object | undefined), ...requestOptions(asked, given) }
  const exit: Readonly<Record<string, unknown>> = {
    ...given,
    ...options,
    ...(Object.keys(request).length > 0 && { request }),
  }
  const isAsked = exit.status !== undefined || exit.reason !== undefined
  return checked(isAsked ? exit : { ...DEFAULT_EXIT, ...exit })
}

function checked(exit: Readonly<Record<string, unknown>>): TrialExit {
  const found = checkRecord(trialExitSchema, exit)
  if (found.ok) return asTrialExit(found.value)
  throw trialErrors.INVALID('', describeViolations(found.violations))
}

/** JSON is YAML as well. */
function readCase(path: string): Record<string, unknown> {
  const { value } = readYaml(path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw trialErrors.OPTION('--case', `${path} holds no exit, expected fields such as status`)
}

function exitOptions({ status, reason, body, exitHeader = [] }: AskedExit): object {
  return {
    ...(status !== undefined && { status: numberOf(status) }),
    ...(reason !== undefined && { reason }),
    ...(body !== undefined && { body: bodyOf(body) }),
    ...(exitHeader.length > 0 && { headers: valuesOf('--exit-header', exitHeader) }),
  }
}

function numberOf(status: string): number {
  if (!/^\d{3}$/.test(status))
    throw trialErrors.OPTION('--status', 'expected a number from 200 to 599')
  return Number(status)
}

/** JSON text of an object or an array is one, as in `kong.response.exit`; other text is text. */
function bodyOf(given: string): string | object {
  const text = given.startsWith('@') ? readSource(given.slice(1), MAX_BODY_BYTES) : given
  if (typeof text !== 'string') throw trialErrors.OPTION('--body', text.message)
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : text
  } catch {
    // Not JSON: text then.
    return text
  }
}

function requestOptions(
  { accept, header = [], method, path, host }: AskedExit,
  given: Readonly<Record<string, unknown>>,
): object {
  const lines = accept === undefined ? header : [...header, `Accept: ${accept}`]
  const before = (given.request as { headers?: object } | undefined)?.headers
  return {
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(host !== undefined && { host }),
    ...(lines.length > 0 && { headers: { ...before, ...valuesOf('--header', lines) } }),
  }
}

/** `Name: value`, as curl has it. A name that repeats has several values. */
function valuesOf(option: string, lines: readonly string[]): TrialValues {
  const values = new Map<string, string[]>()
  for (const line of lines) {
    const at = line.indexOf(':')
    if (at <= 0) throw trialErrors.OPTION(option, `${JSON.stringify(line)} is not "Name: value"`)
    const name = line.slice(0, at).trim()
    values.set(name, [...(values.get(name) ?? []), line.slice(at + 1).trim()])
  }
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length === 1 ? (all[0] as string) : all]),
  )
}
