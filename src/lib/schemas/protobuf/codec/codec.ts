import type { ValueCodec } from '../../format.ts'
import { builtInMessage } from '../model/files.ts'
import type { MessageType, ProtoFile } from '../model/types.ts'
import { Encoder } from './encoder.ts'
import { Input } from './input.ts'
import type { FindMessage } from './message-plan.ts'
import { Plans } from './plans.ts'

/** The messages of one type, between protobuf's wire format and JSON, as protobuf-java-util has it. */
export class MessageCodec implements ValueCodec {
  private readonly plans: Plans
  private readonly encoder: Encoder

  constructor(
    file: ProtoFile,
    private readonly message: MessageType,
    readonly messageIndexes: readonly number[],
    preservesNames: boolean,
  ) {
    const find = finderIn(file)
    this.plans = new Plans({ hasDefaults: true, preservesNames }, find)
    this.encoder = new Encoder(find)
  }

  decode(payload: Buffer): string {
    const plan = this.plans.of(this.message)
    const input = new Input(payload)
    const slots = plan.newSlots()
    plan.read(input, slots)
    return plan.print(slots, input.allowance)
  }

  encode(json: string, prefix?: Buffer): Buffer {
    return this.encoder.encode(this.message, json, prefix)
  }
}

/** What an Any may hold: the messages of a file, of all that it imports, and the well-known types. */
function finderIn(file: ProtoFile): FindMessage {
  const files = new Set([file])
  for (const each of files) for (const imported of each.imports) files.add(imported)
  return (fullName) => {
    for (const { symbols } of files) {
      const symbol = symbols.get(fullName)
      if (symbol?.kind === 'message') return symbol
    }
    return builtInMessage(fullName)
  }
}
