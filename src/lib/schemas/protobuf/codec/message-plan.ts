import { SchemaError } from '../../format.ts'
import type { Field, MessageType } from '../model/types.ts'
import type { Allowance, Input } from './input.ts'
import { END_GROUP } from './wire-types.ts'

/**
 * What was read of a field: JSON text, with what repeats joined by commas; the slots of a message, which further
 * occurrences are merged into; or the bytes of an Any, whose type is known only once all of it is read.
 */
export type Slot = string | Buffer | Slots | undefined
export type Slots = Slot[]

export type ReadField = (input: Input, slots: Slots) => void

/** Prints a whole message, be it as protobuf's JSON has it for one of the well-known types. */
export type PrintMessage = (slots: Slots, allowance: Allowance) => string

/** Finds the type of an Any. */
export type FindMessage = (fullName: string) => MessageType | undefined

/** The plans of a schema. */
export interface PlanSource {
  readonly findMessage: FindMessage
  of(message: MessageType): MessagePlan
}

export interface FieldPlan {
  readonly field: Field
  /** `"name":` */
  readonly label: string
  /** Around what repeats: `[` and `]`, or `{` and `}`. */
  readonly opening: string
  readonly closing: string
  /** The value of a field that was not read; undefined if it is not shown. */
  readonly absent: string | undefined
  /** Of a message that does not repeat. */
  readonly plan: MessagePlan | undefined
}

/** Tags below it are looked up in an array. */
const SMALL_TAG = 2048

/** How messages of a type are read and printed. It is filled after it was made: messages may hold themselves. */
export class MessagePlan {
  /** In the order of their numbers, which is that of the text. */
  readonly fields: FieldPlan[] = []
  /** Whether it is one of the well-known types. */
  isSpecial = false
  print: PrintMessage = (slots, allowance) => `{${this.printFields(slots, allowance)}}`
  private readonly smallTags: (ReadField | undefined)[] = []
  private readonly largeTags = new Map<number, ReadField>()

  constructor(readonly type: MessageType) {}

  onTag(tag: number, read: ReadField): void {
    if (tag >= SMALL_TAG) this.largeTags.set(tag, read)
    else {
      while (this.smallTags.length <= tag) this.smallTags.push(undefined)
      this.smallTags[tag] = read
    }
  }

  newSlots(): Slots {
    return new Array<Slot>(this.fields.length).fill(undefined)
  }

  /** Until the end of the input. */
  read(input: Input, slots: Slots): void {
    while (input.at < input.end) {
      const tag = input.varint32() >>> 0
      const read = tag < SMALL_TAG ? this.smallTags[tag] : this.largeTags.get(tag)
      if (read === undefined) input.skip(tag)
      else read(input, slots)
    }
  }

  /** A message with its length before it. */
  readDelimited(input: Input, slots: Slots): void {
    const end = input.lengthDelimited()
    const outer = input.end
    input.allowance.enter()
    input.end = end
    this.read(input, slots)
    input.end = outer
    input.allowance.leave()
  }

  /** A group, up to the tag that ends it. */
  readGroup(input: Input, slots: Slots, number: number): void {
    const endTag = ((number << 3) | END_GROUP) >>> 0
    input.allowance.enter()
    for (;;) {
      const tag = input.varint32() >>> 0
      if (tag === endTag) break
      const read = tag < SMALL_TAG ? this.smallTags[tag] : this.largeTags.get(tag)
      if (read === undefined) input.skip(tag)
      else read(input, slots)
    }
    input.allowance.leave()
  }

  /** `"a":1,"b":2` */
  printFields(slots: Slots, allowance: Allowance): string {
    const { fields } = this
    let out = ''
    for (let index = 0; index < fields.length; index += 1) {
      const plan = fields[index]!
      const text = this.printSlot(plan, slots[index], allowance)
      if (text === undefined) continue
      out += out === '' ? plan.label : `,${plan.label}`
      out += text
    }
    return out
  }

  private printSlot({ field, opening, closing, absent, plan }: FieldPlan, slot: Slot, allowance: Allowance) {
    if (typeof slot === 'string') return opening === '' ? slot : opening + slot + closing
    if (slot !== undefined && plan !== undefined) return plan.print(slot as Slots, allowance)
    if (field.isRequired) throw new SchemaError(`required field "${field.name}" of ${this.type.fullName} is missing`)
    return absent
  }
}
