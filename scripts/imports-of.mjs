import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** Every module that a TypeScript file names: imports, re-exports, `import()`, `import.meta.resolve()`. */
export function importsOf(path) {
  const text = readFileSync(path, 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false)
  const imports = []
  const visit = (node) => {
    const name = moduleNameOf(node)
    if (name !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
      imports.push({ name, line: line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return imports
}

function moduleNameOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return node.moduleSpecifier?.text
  if (ts.isImportTypeNode(node)) return node.argument.literal?.text
  const isLoading = ts.isCallExpression(node) && isLoader(node.expression)
  const argument = isLoading ? node.arguments[0] : undefined
  return argument !== undefined && ts.isStringLiteralLike(argument) ? argument.text : undefined
}

function isLoader(callee) {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true
  return (
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 'resolve' &&
    ts.isMetaProperty(callee.expression)
  )
}
