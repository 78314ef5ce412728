// A new plugin, by the command or by a call.
export { createPlugin, type CreatedPlugin, type CreatePluginOptions } from './create-plugin.ts'
export { type CommandOutcome, runCommand } from './run-command.ts'
export { checkName, type PluginNames } from './check-name.ts'

// For the README of a plugin.
export { configurationTable, type ShownSchema } from './configuration-table.ts'
