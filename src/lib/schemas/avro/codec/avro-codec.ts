import type { ValueCodec } from '../../format.ts'
import { JsonBytes } from '../../json-bytes.ts'
import { BinaryInput } from './binary-input.ts'
import { BinaryOutput } from './binary-output.ts'
import type { Decode, Encode } from './closures.ts'
import { Decoders } from './decoders.ts'
import { Encoders } from './encoders.ts'
import { JsonCursor } from './json-cursor.ts'
import { quote, quoteInBytes } from '../jackson.ts'
import { Misfit } from './misfit.ts'
import type { AvroType } from '../model/types.ts'

/** The text of a value is as long as its schema wants; so much is enough for each byte of a payload. */
const TEXT_PER_BYTE = 256

/** Closures are made when they are first wanted: a consumer never encodes. */
export class AvroCodec implements ValueCodec {
  private decoder: Decode | undefined
  private encoder: Encode | undefined
  private readonly input = new BinaryInput()
  private readonly json: JsonBytes
  private readonly out = new BinaryOutput()

  constructor(
    private readonly type: AvroType,
    private readonly isReadable: boolean,
  ) {
    this.json = new JsonBytes(
      isReadable ? quote : quoteInBytes,
      (most) => new Misfit(`the payload makes a text of more than ${most} bytes`),
    )
  }

  decode(payload: Buffer): string {
    return this.decodeBytes(payload, 0, payload.length).toString()
  }

  decodeBytes(bytes: Buffer, start: number, end: number): JsonBytes {
    this.decoder ??= new Decoders(this.isReadable).of(this.type)
    const { input, json } = this
    try {
      input.open(bytes, start, end)
      json.begin((end - start) * TEXT_PER_BYTE)
      this.decoder(input, json)
      input.finish()
      return json
    } catch (error) {
      throw error instanceof Misfit ? error.asSchemaError() : error
    }
  }

  encode(json: string, prefix?: Buffer): Buffer {
    this.encoder ??= new Encoders().of(this.type)
    this.out.reset()
    if (prefix !== undefined) this.out.raw(prefix)
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
