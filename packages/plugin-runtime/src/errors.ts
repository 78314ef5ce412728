import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  UNKNOWN: (name: string, id: string) =>
    `plugin ${JSON.stringify(id)} has the name ${JSON.stringify(name)}, which no plugin in use has`,
  PREPARE_FAILED: (name: string, id: string, reason: string) =>
    `plugin ${JSON.stringify(name)} (${id}) cannot use its configuration: ${reason}`,
  RESPONSE_AND_FILTERS: (name: string) =>
    `plugin ${JSON.stringify(name)} has a response handler and header_filter or body_filter, expected one or the other`,
  BODY_FILTER_ASYNC: (name: string) =>
    `body_filter of plugin ${JSON.stringify(name)} answered a promise, expected nothing: pieces of a body cannot wait`,
  TIMEOUT: (name: string, phase: string, timeoutMs: number) =>
    `${phase} of plugin ${JSON.stringify(name)} has not ended after ${timeoutMs} ms`,
  ORDERING_CYCLE: (names: readonly string[]) =>
    `the ordering of plugins goes in circles: ${names.map((name) => JSON.stringify(name)).join(' before ')}`,
  SIGNAL_WITHOUT_EXIT: (name: string) =>
    `plugin ${JSON.stringify(name)} threw the exit signal without an exit`,
  ARGUMENT_INVALID: (problem: string): string => problem,
  UNAVAILABLE: (problem: string): string => problem,
}

/**
 * What is wrong with a plugin, its configuration or its use of the PDK.
 *
 * `ARGUMENT_INVALID` and `UNAVAILABLE` carry Kong's texts. `UNAVAILABLE` stands for what Kong
 * answers as nil and a message.
 */
export const pluginErrors: PosternErrors<typeof table> = defineErrors('POSTERN_PLUGIN', table)
