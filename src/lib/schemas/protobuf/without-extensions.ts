import type {
  EnumElement,
  FieldElement,
  FileElement,
  MemberElement,
  MessageElement,
  OptionElement,
} from './elements.ts'

/** A file as `format=ignore_extensions` shows it: without extensions, room for them, and options that are some. */
export function withoutExtensions(file: FileElement): FileElement {
  return {
    ...file,
    options: plain(file.options),
    types: file.types.map(ofType),
    extends: [],
    services: file.services.map((service) => ({
      ...service,
      options: plain(service.options),
      methods: service.methods.map((method) => ({ ...method, options: plain(method.options) })),
    })),
  }
}

const ofType = (type: MessageElement | EnumElement): MessageElement | EnumElement =>
  type.kind === 'enum' ? ofEnum(type) : ofMessage(type)

const ofMessage = (message: MessageElement): MessageElement => ({
  ...message,
  options: plain(message.options),
  members: message.members.map(ofMember),
  extensions: [],
  extends: [],
  types: message.types.map(ofType),
})

const ofMember = (member: MemberElement): MemberElement =>
  member.kind === 'field'
    ? ofField(member)
    : { ...member, options: plain(member.options), fields: member.fields.map(ofField) }

const ofField = (field: FieldElement): FieldElement => ({
  ...field,
  group: field.group && ofMessage(field.group),
  options: plain(field.options),
})

const ofEnum = (element: EnumElement): EnumElement => ({
  ...element,
  options: plain(element.options),
  constants: element.constants.map((constant) => ({ ...constant, options: plain(constant.options) })),
})

const plain = (options: readonly OptionElement[]): OptionElement[] =>
  options.filter(({ name }) => !name.some(({ isExtension }) => isExtension))
