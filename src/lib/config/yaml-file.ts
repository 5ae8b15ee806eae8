import { existsSync } from 'node:fs'
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import { UserError } from '../errors.ts'
import { readText } from '../files.ts'

/**
 * A value in a YAML file, and where it stands. Everything is text, as it is written: `1.10` stays `1.10`, and `no` is
 * no `false`.
 */
export interface YamlField {
  /** `FILE:LINE`, for messages. */
  readonly where: string
  readonly value: string | readonly YamlField[] | ReadonlyMap<string, YamlField>
}

/**
 * Reads a YAML file; undefined when it is not there. Throws UserError, with the line, for what is no YAML or more than
 * is needed here.
 */
export function readYamlFile(file: string): YamlField | undefined {
  if (!existsSync(file)) return undefined
  const text = readText(file)
  const { document, lines } = parse(file, text)
  const whereOf = (node: Node | null): string => `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`
  const fieldOf = (node: Node | null): YamlField => {
    const where = whereOf(node)
    if (node === null) return { where, value: '' }
    if (isScalar(node)) return { where, value: String(node.value ?? '') }
    if (isSeq<Node>(node)) return { where, value: node.items.map(fieldOf) }
    if (isMap<Node, Node | null>(node))
      return {
        where,
        value: new Map(node.items.map(({ key, value }) => [nameOf(key), { ...fieldOf(value), where: whereOf(key) }])),
      }
    throw new UserError(`${where}: anchors and aliases are not read here`)
  }
  const nameOf = (key: Node): string => {
    if (isScalar(key)) return String(key.value ?? '')
    throw new UserError(`${whereOf(key)}: a name is expected here`)
  }
  return fieldOf(document.contents)
}

/** The text of a YAML file with a field put in, comments kept; of a new one when it is not there. Throws UserError. */
export function withField(file: string, path: readonly string[], value: unknown): string {
  const { document } = parse(file, existsSync(file) ? readText(file) : '')
  document.setIn(path, document.createNode(value))
  // `{}` stays what it was when it was empty, and would draw all into one line.
  for (let depth = 0; depth < path.length; depth += 1) {
    const above: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth))
    if (isMap(above)) above.flow = false
  }
  return document.toString(LAYOUT)
}

/** The text of a YAML file with a field taken out. Throws UserError. */
export function withoutField(file: string, path: readonly string[]): string {
  const { document } = parse(file, existsSync(file) ? readText(file) : '')
  document.deleteIn(path)
  return document.toString(LAYOUT)
}

const LAYOUT = { lineWidth: 0 }

function parse(file: string, text: string): { document: Document<Node>; lines: LineCounter } {
  const lines = new LineCounter()
  const document = parseDocument<Node>(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem)
    throw new UserError(`${file}:${lines.linePos(problem.pos[0]).line}: not YAML that can be read: ${problem.message}`)
  return { document: document as Document<Node>, lines }
}
