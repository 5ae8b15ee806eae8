import { SchemaError } from '../../format.ts'

/** The name of a record, an enum or a fixed. */
export interface Name {
  readonly name: string
  /** Its namespace; undefined for the null namespace. */
  readonly space: string | undefined
  /** With namespace and point before it. */
  readonly full: string
}

const TYPE_WORDS: ReadonlySet<string> = new Set(
  'record enum array map union fixed string bytes int long float double boolean null'.split(' '),
)

const STRICT_PART = /^[A-Za-z_][A-Za-z0-9_]*$/
/** What Avro's UTF_VALIDATOR takes, and Confluent's client still asks of a text that its registry has taken. */
const LENIENT_PART = /^[\p{L}_][\p{L}\p{Nd}_]*$/u

/** Each type of a namespace has it in its name: a long one would be there thousands of times. */
const LONGEST_NAME = 1024

/** A name with points brings its namespace; any other is in `space`. Throws SchemaError for one that is too long. */
export function nameIn(text: string, space: string | undefined): Name {
  const point = text.lastIndexOf('.')
  const ownSpace = (point < 0 ? space : text.slice(0, point)) || undefined
  const name = text.slice(point + 1)
  if (name.length + (ownSpace?.length ?? 0) > LONGEST_NAME)
    throw new SchemaError(`a name is longer than ${LONGEST_NAME} characters: ${name.slice(0, 40)}…`)
  return { name, space: ownSpace, full: ownSpace === undefined ? name : `${ownSpace}.${name}` }
}

/** As a type of the namespace `space` refers to it. */
export const nameSeenFrom = (name: Name, space: string | undefined): string =>
  name.space !== undefined && name.space === space && !TYPE_WORDS.has(name.name) ? name.name : name.full

/** As Schema.getAliases tells the alias of a type. */
export const aliasSeenFrom = (alias: Name, { space }: Name): string =>
  alias.space === undefined && space !== undefined ? `.${alias.name}` : alias.full

/** Throws SchemaError for a name of a type, a field or a symbol that Avro does not allow. */
export function checkPart(part: string, what: string, isLenient: boolean): void {
  if ((isLenient ? LENIENT_PART : STRICT_PART).test(part)) return
  const rule = 'letters, digits and _ make a name, and no digit begins it'
  throw new SchemaError(`${what} ${JSON.stringify(part)} is no name in Avro: ${rule}`)
}

export function checkName(name: Name, isLenient: boolean): void {
  checkPart(name.name, 'the type', isLenient)
  if (!isLenient) for (const part of name.space?.split('.') ?? []) checkPart(part, 'the namespace', isLenient)
}
