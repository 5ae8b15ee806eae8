import type { Field, MessageType } from '../model/types.ts'
import { defaultText } from './default-text.ts'
import type { Input } from './input.ts'
import { jsonString } from './json-string.ts'
import {
  type FieldPlan,
  type FindMessage,
  MessagePlan,
  type PlanSource,
  type ReadField,
  type Slots,
} from './message-plan.ts'
import { asKey, keyReaderOf, textReaderOf } from './scalar-text.ts'
import { specialPrinter } from './special-text.ts'
import { LENGTH_DELIMITED, tagOf, wireTypeOf } from './wire-types.ts'

/** How values look. JsonFormat's own printer shows no extensions. */
export interface Style {
  /** Fields that were not set, as `includingDefaultValueFields()`: all but messages and members of a oneof. */
  readonly hasDefaults: boolean
  /** Names as the file has them, not in lowerCamelCase. */
  readonly preservesNames: boolean
  readonly extensionsOf?: (message: MessageType) => readonly Field[]
}

/** Each plan is made when it is first needed. */
export class Plans implements PlanSource {
  private readonly plans = new Map<MessageType, MessagePlan>()

  constructor(
    private readonly style: Style,
    readonly findMessage: FindMessage,
  ) {}

  of(message: MessageType): MessagePlan {
    const known = this.plans.get(message)
    if (known !== undefined) return known
    const plan = new MessagePlan(message)
    this.plans.set(message, plan)
    const extensions = this.style.extensionsOf?.(message) ?? []
    const fields = [...message.fields, ...extensions].sort((a, b) => a.number - b.number)
    plan.fields.push(...fields.map((field) => this.fieldPlan(field)))
    fields.forEach((field, index) => this.addReaders(plan, field, index, fields))
    const special = specialPrinter(plan, this)
    if (special !== undefined) {
      plan.isSpecial = true
      plan.print = special
    }
    return plan
  }

  private fieldPlan(field: Field): FieldPlan {
    const { isMap, isRepeated, message, extendee } = field
    const name = this.style.preservesNames ? field.name : field.jsonName
    const [opening, closing] = isMap ? '{}' : isRepeated ? '[]' : ['', '']
    return {
      field,
      label: `${jsonString(extendee === undefined ? name : `[${field.fullName}]`)}:`,
      opening: opening!,
      closing: closing!,
      absent: this.style.hasDefaults ? defaultText(field) : undefined,
      plan: isRepeated || message === undefined ? undefined : this.of(message),
    }
  }

  private addReaders(plan: MessagePlan, field: Field, index: number, fields: readonly Field[]): void {
    const { number, message, oneof, isRepeated } = field
    const wireType = wireTypeOf(field)
    const others = fields.flatMap((other, at) =>
      oneof !== undefined && other.oneof === oneof && at !== index ? [at] : [],
    )
    const read =
      message === undefined
        ? this.scalarReader(field, index, others)
        : this.messageReader(field, message, index, others)
    plan.onTag(tagOf(number, wireType), read)
    if (isRepeated && message === undefined && wireType !== LENGTH_DELIMITED) {
      plan.onTag(tagOf(number, LENGTH_DELIMITED), packedReader(field, index))
    }
  }

  private scalarReader(field: Field, index: number, others: readonly number[]): ReadField {
    if (isAnyValue(field)) {
      return (input, slots) => {
        const end = input.lengthDelimited()
        slots[index] = input.bytes.subarray(input.at, end)
        input.at = end
      }
    }
    const read = textReaderOf(field)
    if (field.isRepeated) {
      return (input, slots) => {
        append(slots, index, read(input))
      }
    }
    return (input, slots) => {
      const text = read(input)
      if (text === undefined) return
      for (const other of others) slots[other] = undefined
      slots[index] = text
    }
  }

  private messageReader(field: Field, message: MessageType, index: number, others: readonly number[]): ReadField {
    if (field.isMap) return this.mapReader(message, index)
    const plan = this.of(message)
    const { number } = field
    const readInto =
      field.type === 'group'
        ? (input: Input, slots: Slots) => plan.readGroup(input, slots, number)
        : (input: Input, slots: Slots) => plan.readDelimited(input, slots)
    if (field.isRepeated) {
      return (input, slots) => {
        const element = plan.newSlots()
        readInto(input, element)
        const text = plan.print(element, input.allowance)
        input.allowance.spend(text.length)
        append(slots, index, text)
      }
    }
    return (input, slots) => {
      for (const other of others) slots[other] = undefined
      readInto(input, (slots[index] ??= plan.newSlots()) as Slots)
    }
  }

  /** Every entry is shown, as DynamicMessage keeps them, be it that a key comes twice. */
  private mapReader(entry: MessageType, index: number): ReadField {
    const plan = this.of(entry)
    const [key, value] = plan.fields as [FieldPlan, FieldPlan]
    const keyReader = keyReaderOf(key.field)
    plan.onTag(tagOf(key.field.number, wireTypeOf(key.field)), (input, slots) => {
      slots[0] = keyReader(input)
    })
    const noKey = asKey(defaultText(key.field)!)
    const noValue = defaultText(value.field)
    return (input, slots) => {
      const pair = plan.newSlots()
      plan.readDelimited(input, pair)
      const held = pair[1]
      const text =
        typeof held === 'string' ? held : this.printMapMessage(value, held as Slots | undefined, noValue, input)
      const entryText = `${(pair[0] as string | undefined) ?? noKey}:${text}`
      input.allowance.spend(entryText.length)
      append(slots, index, entryText)
    }
  }

  private printMapMessage({ plan }: FieldPlan, held: Slots | undefined, noValue: string | undefined, input: Input) {
    return plan === undefined ? noValue : plan.print(held ?? plan.newSlots(), input.allowance)
  }
}

const isAnyValue = ({ fullName, type }: Field): boolean => fullName === 'google.protobuf.Any.value' && type === 'bytes'

function append(slots: Slots, index: number, text: string | undefined): void {
  if (text === undefined) return
  const before = slots[index] as string | undefined
  slots[index] = before === undefined ? text : `${before},${text}`
}

function packedReader(field: Field, index: number): ReadField {
  const read = textReaderOf(field)
  return (input, slots) => {
    const end = input.lengthDelimited()
    const outer = input.end
    input.end = end
    while (input.at < end) append(slots, index, read(input))
    input.end = outer
  }
}
