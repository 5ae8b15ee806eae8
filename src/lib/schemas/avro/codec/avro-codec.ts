import type { ValueCodec } from '../../format.ts'
import { BinaryInput } from './binary-input.ts'
import { BinaryOutput } from './binary-output.ts'
import type { Decode, Encode } from './closures.ts'
import { Decoders } from './decoders.ts'
import { Encoders } from './encoders.ts'
import { JsonCursor } from './json-cursor.ts'
import { quote, quoteInBytes } from '../jackson.ts'
import { JsonOutput } from './json-output.ts'
import { Misfit } from './misfit.ts'
import type { AvroType } from '../model/types.ts'

/** Closures are made when they are first wanted: a consumer never encodes. */
export class AvroCodec implements ValueCodec {
  private decoder: Decode | undefined
  private encoder: Encode | undefined
  private readonly json: JsonOutput
  private readonly out = new BinaryOutput()

  constructor(
    private readonly type: AvroType,
    private readonly isReadable: boolean,
  ) {
    this.json = new JsonOutput(isReadable ? quote : quoteInBytes)
  }

  decode(payload: Buffer): string {
    this.decoder ??= new Decoders(this.isReadable).of(this.type)
    try {
      const input = new BinaryInput(payload)
      this.json.begin(payload.length)
      this.decoder(input, this.json)
      input.finish()
      return this.json.slice(0)
    } catch (error) {
      throw error instanceof Misfit ? error.asSchemaError() : error
    }
  }

  encode(json: string): Buffer {
    this.encoder ??= new Encoders().of(this.type)
    this.out.reset()
    try {
      const cursor = new JsonCursor(json)
      this.encoder(cursor, this.out)
      cursor.finish()
      return this.out.take()
    } catch (error) {
      throw error instanceof Misfit ? error.asSchemaError() : error
    }
  }
}
