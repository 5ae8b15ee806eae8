import { type Field, messagesOf, type MessageType, type ProtoFile } from '../model/types.ts'

/** The extensions that a file and all that it imports declare, by what they extend and by name. */
export class Extensions {
  private readonly byExtendee = new Map<MessageType, Field[]>()
  private readonly byName = new Map<string, Field>()

  /** None at all without a file. */
  constructor(file?: ProtoFile) {
    const files = new Set(file === undefined ? [] : [file])
    for (const each of files) {
      this.add(each.extensions)
      this.addNested(messagesOf(each.types))
      for (const imported of each.imports) files.add(imported)
    }
  }

  get isEmpty(): boolean {
    return this.byName.size === 0
  }

  readonly of = (message: MessageType): readonly Field[] => this.byExtendee.get(message) ?? []

  /** From the scope where the name is written, outwards. */
  find(name: string, scope: string): Field | undefined {
    if (name.startsWith('.')) return this.byName.get(name.slice(1))
    for (let around = scope; around !== ''; around = around.slice(0, Math.max(around.lastIndexOf('.'), 0))) {
      const field = this.byName.get(`${around}.${name}`)
      if (field !== undefined) return field
    }
    return this.byName.get(name)
  }

  private addNested(messages: readonly MessageType[]): void {
    for (const { extensions, types } of messages) {
      this.add(extensions)
      this.addNested(messagesOf(types))
    }
  }

  private add(fields: readonly Field[]): void {
    for (const field of fields) {
      this.byName.set(field.fullName, field)
      const siblings = this.byExtendee.get(field.extendee!)
      if (siblings === undefined) this.byExtendee.set(field.extendee!, [field])
      else siblings.push(field)
    }
  }
}
