import type {
  EnumElement,
  ExtendElement,
  ExtensionsElement,
  FieldElement,
  FileElement,
  MemberElement,
  MessageElement,
  MethodElement,
  OneofElement,
  OptionElement,
  OptionValue,
  Range,
  ReservedElement,
  ServiceElement,
  TypeElement,
} from '../elements.ts'
import { quote } from './strings.ts'

type Lines = readonly string[]

/**
 * The text that a registry keeps: wire's layout (`ProtoFileElement.toSchema`) as Confluent's registry has it, without
 * comments, with `package` right after `syntax` and a blank line between parts of a message only.
 */
export function printProto(file: FileElement): string {
  const { syntax, edition, packageName } = file
  const head = [
    ...(edition === undefined ? [] : [`edition = "${edition}";`]),
    ...(syntax === undefined || syntax === 'editions' ? [] : [`syntax = "${syntax}";`]),
    ...(packageName === undefined ? [] : [`package ${packageName};`]),
  ]
  const blocks: Lines[] = [
    head,
    printImports(file),
    file.options.flatMap(printOptionStatement),
    ...file.types.map(printType),
    ...file.extends.map(printExtend),
    ...file.services.map(printService),
  ]
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => `${lines.join('\n')}\n`)
  // Where nothing is said of the syntax a line stays empty before the first declaration.
  return (head.length === 0 ? '\n' : '') + text.join('\n')
}

/** Plain imports come first, those for options last, as protoc wants them. */
function printImports({ imports }: FileElement): Lines {
  const kinds = [undefined, 'public', 'weak', 'option'] as const
  return kinds.flatMap((kind) =>
    imports
      .filter((imported) => imported.kind === kind)
      .map(({ path }) => `import ${kind === undefined ? '' : `${kind} `}${quote(Buffer.from(path))};`),
  )
}

const printType = (type: TypeElement): Lines => (type.kind === 'enum' ? printEnum(type) : printMessage(type))

const visibilityOf = ({ visibility }: TypeElement): string => (visibility === undefined ? '' : `${visibility} `)

function printMessage(message: MessageElement): Lines {
  return block(`${visibilityOf(message)}message ${message.name}`, messageParts(message))
}

/** Options, fields, oneofs and so on: parts have a blank line between them. */
function messageParts({ reserved, options, members, extensions, extends: extendElements, types }: MessageElement) {
  const isPlain = (member: MemberElement): member is FieldElement =>
    member.kind === 'field' && member.group === undefined
  const groups = members.filter((member) => member.kind === 'field' && member.group !== undefined)
  const oneofs = members.filter((member) => member.kind === 'oneof')
  return [
    reserved.map(printReserved),
    options.flatMap(printOptionStatement),
    members.filter(isPlain).flatMap(printField),
    oneofs.flatMap(printOneof),
    groups.flatMap((field) => printField(field as FieldElement)),
    extendElements.flatMap(printExtend),
    extensions.flatMap(printExtensions),
    types.flatMap(printType),
  ]
}

function printField({ label, type, map, name, number, options, group }: FieldElement): Lines {
  const words = label === undefined ? '' : `${label} `
  if (group !== undefined) return block(`${words}group ${group.name} = ${number}`, messageParts(group))
  const typeName = map === undefined ? type : `map<${map.key}, ${map.value}>`
  return withOptions(`${words}${typeName} ${name} = ${number}`, options)
}

function printOneof({ name, options, fields }: OneofElement): Lines {
  return block(`oneof ${name}`, [options.flatMap(printOptionStatement), fields.flatMap(printField)])
}

function printEnum(element: EnumElement): Lines {
  const { name, reserved, options, constants } = element
  const statements = options.flatMap(printOptionStatement)
  const lines = constants.flatMap((constant) => withOptions(`${constant.name} = ${constant.number}`, constant.options))
  return block(`${visibilityOf(element)}enum ${name}`, [[...reserved.map(printReserved), ...statements, ...lines]])
}

const printExtend = ({ name, fields }: ExtendElement): Lines => block(`extend ${name}`, [fields.flatMap(printField)])

const printExtensions = ({ ranges, options }: ExtensionsElement): Lines =>
  withOptions(`extensions ${ranges.map(printRange).join(', ')}`, options)

function printReserved({ ranges, names }: ReservedElement): string {
  return `reserved ${[...ranges.map(printRange), ...names.map((name) => quote(Buffer.from(name)))].join(', ')};`
}

function printRange({ start, end }: Range): string {
  return start === end ? String(start) : `${start} to ${end === Infinity ? 'max' : end}`
}

function printService({ name, options, methods }: ServiceElement): Lines {
  return block(`service ${name}`, [options.flatMap(printOptionStatement), methods.flatMap(printMethod)])
}

function printMethod({ name, input, output, isInputStream, isOutputStream, options }: MethodElement): Lines {
  const stream = (isStream: boolean): string => (isStream ? 'stream ' : '')
  const head = `rpc ${name} (${stream(isInputStream)}${input}) returns (${stream(isOutputStream)}${output})`
  if (options.length === 0) return [`${head};`]
  const lines = block(head, [options.flatMap(printOptionStatement)])
  return [...lines.slice(0, -1), '};']
}

/** `head {`, the parts that have lines with blank lines between them, and `}`. */
function block(head: string, parts: readonly Lines[]): Lines {
  const filled = parts.filter((lines) => lines.length > 0)
  if (filled.length === 0) return [`${head} {}`]
  const inner = filled.flatMap((lines, index) => (index === 0 ? indented(lines) : ['', ...indented(lines)]))
  return [`${head} {`, ...inner, '}']
}

const indented = (lines: Lines): Lines => lines.map((line) => (line === '' ? '' : `  ${line}`))

/** One option stands in the line, several have a line each. */
function withOptions(head: string, options: readonly OptionElement[]): Lines {
  if (options.length === 0) return [`${head};`]
  const printed = options.map(printOption)
  const [only = []] = printed
  if (printed.length === 1) return around(`${head} [`, only, '];')
  return [`${head} [`, ...indented(listed(printed)), '];']
}

const printOptionStatement = (option: OptionElement): Lines => around('option ', printOption(option), ';')

function printOption({ name, value }: OptionElement): Lines {
  const parts = name.map((part) => (part.isExtension ? `(${part.name})` : part.name))
  return around(`${parts.join('.')} = `, printValue(value), '')
}

function printValue(value: OptionValue): Lines {
  switch (value.kind) {
    case 'string':
      return [quote(value.bytes)]
    case 'message': {
      const fields = value.fields.map((field) => around(`${field.name}: `, printValue(field.value), ''))
      return fields.length === 0 ? ['{}'] : ['{', ...indented(listed(fields)), '}']
    }
    case 'list':
      return value.values.length === 0 ? ['[]'] : ['[', ...indented(listed(value.values.map(printValue))), ']']
    default:
      return [value.text]
  }
}

/** With a comma after each but the last. */
const listed = (items: readonly Lines[]): Lines =>
  items.flatMap((lines, index) => (index === items.length - 1 ? lines : around('', lines, ',')))

/** Something before the first line, and after the last. */
function around(before: string, lines: Lines, after: string): Lines {
  return lines.map((line, index) => (index === 0 ? before : '') + line + (index === lines.length - 1 ? after : ''))
}
