import {
  defaultMessage,
  type ExitReasonFacts,
  type ExitReasons,
  PDK_EXIT_REASONS,
} from '@postern/pdk-response'
import { RUNTIME_EXIT_REASONS } from '@postern/plugin-runtime'
import { BUNDLED_PLUGINS } from './bundled-plugins.ts'
import { CORE_EXIT_REASONS } from './core-exits.ts'
import { FUNCTION_EXIT_REASONS } from './functions/function-exits.ts'

/** Every reason for which this program answers a request itself. */
export function knownExitReasons(): ReadonlyMap<string, ExitReasonFacts> {
  const tables: readonly ExitReasons[] = [
    CORE_EXIT_REASONS,
    ...BUNDLED_PLUGINS.map(({ reasons = {} }) => reasons),
    RUNTIME_EXIT_REASONS,
    PDK_EXIT_REASONS,
    FUNCTION_EXIT_REASONS,
  ]
  return new Map(tables.flatMap((table) => Object.entries(table)))
}

/** docs/exit-reasons.md, the whole page. */
export function documentExitReasons(): string {
  const rows = [...knownExitReasons()].map(([reason, facts]) => {
    const cells = [`\`${reason}\``, statusOf(facts), messageOf(facts), facts.when, needsOf(facts)]
    return `| ${cells.join(' | ')} |`
  })
  return `${HEAD}${rows.join('\n')}\n`
}

const HEAD = `# Reasons of exits

Every answer that the gateway makes itself has a reason: \`exit.reason\` in functions of exit-transformer (\`kong.exit.reason\` in Lua). A reason never changes its meaning, and clients do not see it. Plugins of yours tell theirs with \`kong.response.exit(status, body, headers, { reason })\`; the name of the plugin, a dot and a word in snake_case is a good form.

*needs* says which switches of exit-transformer the answer needs to reach functions; \`handle_unknown\` has an effect on a global instance only. Message is the text in Kong's form of the body.

This page is made from the code (apps/gateway/src/document-exit-reasons.ts), and a test fails when it is stale: \`npm test -- apps/gateway/src/document-exit-reasons.test.ts -u\` writes it anew.

| reason | status | message | when | needs |
| --- | --- | --- | --- | --- |
`

/** packages/exit-transformer/src/known-exit-reason.ts, the whole file. */
export function exitReasonModule(): string {
  const members = [...knownExitReasons().keys()].toSorted().map((reason) => `  | '${reason}'`)
  return `${MODULE_HEAD}${members.join('\n')}\n`
}

const MODULE_HEAD = `// Made by apps/gateway/src/document-exit-reasons.ts from what the gateway and its plugins answer.

/** The reasons that the gateway and the plugins that come with it have; docs/exit-reasons.md. */
export type KnownExitReason =
`

function statusOf({ status }: ExitReasonFacts): string {
  return status === undefined ? 'any' : [status].flat().join(', ')
}

function messageOf({ status, message }: ExitReasonFacts): string {
  if (message !== undefined) return message
  return typeof status === 'number' ? defaultMessage(status) : '–'
}

function needsOf(facts: ExitReasonFacts): string {
  const { kind = 'ordinary', isRouteKnown = 'always', reachesFunctions = true } = facts
  if (!reachesFunctions) return 'never reaches them'
  if (kind === 'ordinary') return '–'
  if (kind === 'unknown') return '`handle_unknown`'
  if (isRouteKnown === 'always') return '`handle_unexpected`'
  if (isRouteKnown === 'never') return '`handle_unexpected` and `handle_unknown`'
  return '`handle_unexpected`; without a Route `handle_unknown` too'
}
