import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** The codes a source file makes: by `defineErrors(prefix, table)`, or by a PosternError of its own. */
export function errorCodes(path) {
  const text = readFileSync(path, 'utf8')
  if (!/defineErrors\(|PosternError/.test(text)) return []
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const codes = []
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'defineErrors') {
      codes.push(...codesOfTable(node, source))
    }
    const isError = ts.isNewExpression(node) && node.expression.getText() === 'PosternError'
    const isSuper = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword
    const code = isError || isSuper ? node.arguments?.[0] : undefined
    if (code !== undefined && ts.isStringLiteral(code) && code.text.startsWith('POSTERN_'))
      codes.push(code.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return codes
}

function codesOfTable({ arguments: [prefix, table] }, source) {
  const literal = literalOf(table, source)
  // The definition of defineErrors itself has neither.
  if (literal === undefined || prefix === undefined || !ts.isStringLiteral(prefix)) return []
  return literal.properties
    .filter((property) => property.name !== undefined)
    .map((property) => `${prefix.text}_${property.name.text}`)
}

/** The object literal, which may stand in a constant of the same file. */
function literalOf(node, source) {
  if (node === undefined) return undefined
  if (ts.isObjectLiteralExpression(node)) return node
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return literalOf(node.expression, source)
  if (!ts.isIdentifier(node)) return undefined
  for (const statement of source.statements.filter(ts.isVariableStatement)) {
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (name.getText() === node.text) return literalOf(initializer, source)
    }
  }
  return undefined
}
