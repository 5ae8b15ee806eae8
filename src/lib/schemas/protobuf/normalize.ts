import type {
  EnumElement,
  ExtendElement,
  FieldElement,
  FileElement,
  ImportElement,
  MemberElement,
  MessageElement,
  OptionElement,
  TypeElement,
} from './elements.ts'

/**
 * A file as `normalize=true` keeps it, from what its descriptor says: there types and options have their full names and
 * numbers one form. Imports and options are in the order of their names, fields in that of their numbers. Messages stay
 * where they are: records say by their place which one they hold.
 */
export function normalize(file: FileElement): FileElement {
  return {
    ...file,
    imports: uniqueImports(file.imports),
    options: sorted(file.options),
    types: file.types.map(normalizeType),
    extends: file.extends.map(normalizeExtend),
    services: file.services.map((service) => ({
      ...service,
      options: sorted(service.options),
      methods: service.methods.map((method) => ({ ...method, options: sorted(method.options) })),
    })),
  }
}

const normalizeType = (type: TypeElement): TypeElement =>
  type.kind === 'enum' ? normalizeEnum(type) : normalizeMessage(type)

function normalizeMessage(message: MessageElement): MessageElement {
  return {
    ...message,
    options: sorted(message.options),
    members: message.members.map(normalizeMember).sort((a, b) => numberOf(a) - numberOf(b)),
    extensions: message.extensions.map((each) => ({ ...each, options: sorted(each.options) })),
    extends: message.extends.map(normalizeExtend),
    types: message.types.map(normalizeType),
  }
}

function normalizeMember(member: MemberElement): MemberElement {
  if (member.kind === 'field') return normalizeField(member)
  const fields = member.fields.map(normalizeField).sort((a, b) => a.number - b.number)
  return { ...member, options: sorted(member.options), fields }
}

const normalizeField = (field: FieldElement): FieldElement => ({
  ...field,
  group: field.group && normalizeMessage(field.group),
  options: sorted(field.options),
})

const normalizeExtend = ({ name, fields }: ExtendElement): ExtendElement => ({
  name,
  fields: fields.map(normalizeField),
})

function normalizeEnum(element: EnumElement): EnumElement {
  const constants = element.constants.map((constant) => ({ ...constant, options: sorted(constant.options) }))
  return { ...element, options: sorted(element.options), constants }
}

/** A oneof stands where the lowest of its numbers does. */
const numberOf = (member: MemberElement): number => (member.kind === 'field' ? member.number : member.fields[0]!.number)

const nameOf = ({ name }: OptionElement): string =>
  name.map((part) => (part.isExtension ? `(${part.name})` : part.name)).join('.')

/** Options of one name keep their order: they are the elements of what repeats. */
const sorted = (options: readonly OptionElement[]): OptionElement[] =>
  [...options].sort((a, b) => compare(nameOf(a), nameOf(b)))

function uniqueImports(imports: readonly ImportElement[]): ImportElement[] {
  const byPath = new Map(imports.map((imported) => [imported.path, imported]))
  return [...byPath.values()].sort((a, b) => compare(a.path, b.path))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
