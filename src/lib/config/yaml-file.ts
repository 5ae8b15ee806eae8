import { readFileSync } from 'node:fs'
import type { Document, LineCounter, Node } from 'yaml'
import { UserError } from '../errors.ts'

/** A value in a YAML file, and where it stands. Everything is text, as it is written: `1.10` stays `1.10`, and `no` is no `false`. */
export interface YamlField {
  /** `FILE:LINE`, for messages. */
  readonly where: string
  readonly value: string | readonly YamlField[] | ReadonlyMap<string, YamlField>
}

/** Reads a YAML file; undefined when it is not there. Throws UserError, with the line, for what is no YAML or more than is needed here. */
export async function readYamlFile(file: string): Promise<YamlField | undefined> {
  const text = readText(file)
  if (text === undefined) return undefined
  const { document, lines } = await parse(file, text)
  const { isScalar, isMap, isSeq } = await import('yaml')
  const whereOf = (node: Node | null): string => `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`
  const fieldOf = (node: Node | null): YamlField => {
    const where = whereOf(node)
    if (node === null) return { where, value: '' }
    if (isScalar(node)) return { where, value: String(node.value ?? '') }
    if (isSeq<Node>(node)) return { where, value: node.items.map(fieldOf) }
    if (isMap<Node, Node | null>(node)) return { where, value: new Map(node.items.map(({ key, value }) => [nameOf(key), { ...fieldOf(value), where: whereOf(key) }])) }
    throw new UserError(`${where}: anchors and aliases are not read here`)
  }
  const nameOf = (key: Node): string => {
    if (isScalar(key)) return String(key.value ?? '')
    throw new UserError(`${whereOf(key)}: a name is expected here`)
  }
  return fieldOf(document.contents)
}

/** The text of a YAML file after a change to it, comments and all; of a new one when it is not there. Throws UserError. */
export async function changeYaml(file: string, change: (document: Document) => void): Promise<string> {
  const { document } = await parse(file, readText(file) ?? '')
  change(document)
  return document.toString({ lineWidth: 0 })
}

async function parse(file: string, text: string): Promise<{ document: Document<Node>; lines: LineCounter }> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument<Node>(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw new UserError(`${file}:${lines.linePos(problem.pos[0]).line}: not YAML that can be read: ${problem.message}`)
  return { document: document as Document<Node>, lines }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new UserError(`${file} cannot be read (${code})`)
  }
}
