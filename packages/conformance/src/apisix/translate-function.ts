/** APISIX's way to say something in Lua, and Kong's. */
const WORDS: readonly (readonly [pattern: RegExp, kong: string])[] = [
  [/local core = require\("apisix\.core"\)\s*/g, ''],
  // Without a status APISIX answers 200; kong.response.exit cannot do without.
  [/core\.response\.exit\("/g, 'kong.response.exit(200, "'],
  [/core\.response\.exit\(/g, 'kong.response.exit('],
  // APISIX prints a boolean; kong.response.exit takes texts and tables.
  [/(exit\(\d+, )(true|false)\)/g, '$1"$2")'],
  [/core\.response\.say\(/g, 'ngx.print('],
  // What a function of APISIX's serverless plugins returns is answered.
  [/return (\d{3}), (.*?) end$/, 'kong.response.exit($1, $2) end'],
]

/** A function of APISIX's serverless plugins as one for pre-function and post-function. */
export function translateFunction(source: string): string {
  return WORDS.reduce((text, [pattern, kong]) => text.replace(pattern, kong), source)
}
