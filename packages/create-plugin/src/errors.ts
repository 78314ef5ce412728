import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  NAME_INVALID: (name: string, problem: string) =>
    `${JSON.stringify(name)} cannot be the name of a package: ${problem}`,
  FOLDER_NOT_EMPTY: (folder: string) =>
    `${JSON.stringify(folder)} is there already, and is no empty folder; nothing was written`,
  ARGUMENTS_INVALID: (problem: string) => `${problem}; try --help`,
}

/** Why no plugin was written. */
export const createPluginErrors: PosternErrors<typeof table> = defineErrors(
  'POSTERN_CREATE_PLUGIN',
  table,
)
