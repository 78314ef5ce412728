import { readFileSync } from 'node:fs'
import { findPackageJSON, registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Imports a file as `import()` does, and plugins as kong-pdk reads them. CommonJS is taken for what
 * it is below a package.json that says `module` too. In TypeScript, types imported from `kong-pdk`
 * need not be there, `import` may stand beside `module.exports`, and members may be declared by
 * parameters of a constructor.
 *
 * @param url of a file
 * @throws whatever importing it throws
 */
export async function importKongPlugin(url: string): Promise<unknown> {
  const source = moduleOf(url)
  if (source === undefined) return import(url)
  const hooks = registerHooks({
    load: (wanted, context, nextLoad) =>
      wanted === url ? { format: 'module', shortCircuit: true, source } : nextLoad(wanted, context),
  })
  try {
    return await import(url)
  } finally {
    hooks.deregister()
  }
}

/** An ES module in place of a file that Node would not take as it stands. */
function moduleOf(url: string): string | undefined {
  const ending = url.startsWith('file:') ? /\.(?:js|[cm]?ts)$/.exec(url)?.[0] : undefined
  if (ending === undefined) return undefined
  const text = textOf(url)
  if (text === undefined) return undefined
  const isCommonJs = EXPORTS.test(text) && !EXPORT_STATEMENT.test(text)
  if (ending === '.js') return isCommonJs && isTakenForModule(url) ? wrapped(text) : undefined
  if (!isCommonJs && !TYPE_IMPORT.test(text)) return undefined
  const script = withoutTypes(text.replaceAll(TYPE_IMPORTS, linesOf))
  return isCommonJs ? wrapped(script) : script
}

/** A file that cannot be read is left to `import`, whose message is the usual one. */
function textOf(url: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(url), 'utf8')
  } catch {
    return undefined
  }
}

function isTakenForModule(url: string): boolean {
  const file = findPackageJSON(url)
  if (file === undefined) return false
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { readonly type?: unknown }
  return manifest.type === 'module'
}

function wrapped(script: string): string {
  return `${MODULE_BEFORE}${script}\n${MODULE_AFTER}`
}

/** The numbers of lines stay, but where members are declared by parameters: that takes a rewrite. */
function withoutTypes(text: string): string {
  try {
    return stripTypeScriptTypes(text)
  } catch {
    return stripTypeScriptTypes(text, { mode: 'transform' })
  }
}

function linesOf(text: string): string {
  return text.replaceAll(/[^\n]+/g, '')
}

const EXPORTS = /^\s*(?:module\.)?exports\b/m
const EXPORT_STATEMENT = /^\s*export\b/m
/** An import from `kong-pdk` can only be of types: the package has no code that can be imported. */
const TYPE_IMPORT = /^import\s[^;'"]*?\sfrom\s*['"]kong-pdk(?:\/[^'"]*)?['"];?/m
const TYPE_IMPORTS = new RegExp(TYPE_IMPORT, 'gm')

/** On one line, so that the numbers of lines stay. */
const MODULE_BEFORE =
  "import { createRequire as createKongRequire } from 'node:module'; " +
  'const require = createKongRequire(import.meta.url), module = { exports: {} }; ' +
  'let exports = module.exports; ' +
  'const __dirname = import.meta.dirname, __filename = import.meta.filename; '
const MODULE_AFTER = 'export default module.exports'
