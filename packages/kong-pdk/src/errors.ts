import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  MODULE_INVALID: (fileName: string, problem: string) =>
    `kong-pdk plugin ${JSON.stringify(fileName)} cannot be used: ${problem}`,
  SCHEMA_INVALID: (plugin: string, path: string, problem: string) =>
    `Schema of kong-pdk plugin ${JSON.stringify(plugin)} is not valid at ${path}: ${problem}`,
  FUNCTION_UNKNOWN: (path: string) =>
    `${path} is no function of the plugin development kit, or none that Postern has`,
}

/** What is wrong with a kong-pdk plugin: its file, its Schema, or what it calls. */
export const kongPdkErrors: PosternErrors<typeof table> = defineErrors('POSTERN_KONG_PDK', table)
