// A chunk of esbuild's as what bin/chunks.js runs: a function that is given what it imports by, and returns what it
// exports.
import ts from 'typescript'

/**
 * Imports become constants, and exports one object: as esbuild's own CommonJS would be, but without a getter for each
 * export and a look-up for each use of an import, which cost at the start and where records pass by. It holds because
 * no two chunks import each other, and nothing exported changes later.
 */
export function chunkScript(text) {
  const source = ts.createSourceFile('chunk.js', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS)
  const edits = []
  const exported = []
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) edits.push(edit(source, statement, importOf(statement)))
    else if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier) {
      for (const { name, propertyName } of statement.exportClause.elements)
        exported.push(`${name.text}:${(propertyName ?? name).text}`)
      edits.push(edit(source, statement, ''))
    } else if (ts.isExportAssignment(statement) && !statement.isExportEquals) {
      exported.push('default:__default')
      edits.push({
        from: statement.getStart(source),
        to: statement.expression.getStart(source),
        text: 'const __default=',
      })
    } else if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement) || isExported(statement))
      throw new Error('a chunk exports in a way that is not known')
  }
  const find = (node) => {
    if (node.kind === ts.SyntaxKind.ImportKeyword) edits.push(edit(source, node, '__import'))
    ts.forEachChild(node, find)
  }
  for (const statement of source.statements) if (!ts.isImportDeclaration(statement)) find(statement)
  return `(function(require,__import,__meta){"use strict";${applied(text, edits)};return{${exported.join()}}})`
}

const isExported = (statement) =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** `import a, {b as c} from 'x'`: what Node's own modules export by default is the module. */
function importOf({ importClause, moduleSpecifier }) {
  const module = `require(${JSON.stringify(moduleSpecifier.text)})`
  if (!importClause) return `${module};`
  const { name, namedBindings } = importClause
  const isOwn = moduleSpecifier.text.startsWith('./')
  const constants = []
  if (name) constants.push(isOwn ? `{default:${name.text}}=${module}` : `${name.text}=${module}`)
  if (namedBindings && ts.isNamespaceImport(namedBindings)) constants.push(`${namedBindings.name.text}=${module}`)
  else if (namedBindings) {
    const names = namedBindings.elements.map((element) =>
      element.propertyName ? `${element.propertyName.text}:${element.name.text}` : element.name.text,
    )
    constants.push(`{${names.join()}}=${module}`)
  }
  return `const ${constants.join()};`
}

const edit = (source, node, text) => ({ from: node.getStart(source), to: node.end, text })

function applied(text, edits) {
  const parts = []
  let at = 0
  for (const { from, to, text: replacement } of edits.sort((a, b) => a.from - b.from)) {
    parts.push(text.slice(at, from), replacement)
    at = to
  }
  return parts.join('') + text.slice(at)
}
