import { MalformedError } from '../errors.ts'
import { Reader, Writer } from './bytes.ts'
import { messageType, readMessage } from './message-type.ts'
import { bool, string, type Message } from './schema.ts'

const PRINCIPAL_DATA = messageType('DefaultPrincipalData', '0', '0+', {
  type: string('0+'),
  name: string('0+'),
  tokenAuthenticated: bool('0+'),
})

/** Who made a request that a broker hands on in an Envelope. */
export type PrincipalData = Message<typeof PRINCIPAL_DATA.fields>

const VERSION = 0

/** Version int16, then the message (DefaultKafkaPrincipalBuilder). */
export function encodePrincipalData(principal: PrincipalData): Buffer {
  const writer = new Writer(64)
  writer.int16(VERSION)
  PRINCIPAL_DATA.codec(VERSION).write(writer, principal)
  return writer.toBuffer()
}

/** Throws MalformedError, for a version that Kafka 4.3 does not know, too. */
export function decodePrincipalData(bytes: Buffer): PrincipalData {
  const reader = new Reader(bytes)
  const { values } = readMessage(PRINCIPAL_DATA, reader.int16(), reader)
  if (reader.remaining > 0) throw new MalformedError(`${reader.remaining} bytes past the end of a principal`)
  return values as PrincipalData
}
