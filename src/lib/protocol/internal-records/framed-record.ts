import { MalformedError } from '../../errors.ts'
import { Reader } from '../bytes.ts'
import { isKnown, readMessage, type MessageType, type StoredMessage } from '../message-type.ts'

export const FRAME_VERSION = 1
const MAX_INT16 = 0x7fff

export type FramedRecordTypes = ReadonlyMap<number, MessageType>

/**
 * Reads a record's value that says itself what it is: the version of this frame, the kind of record and its version, as
 * varints, then the message (AbstractApiMessageSerde). Throws MalformedError, in the words of Kafka's tool.
 */
export function readFramedRecord(types: FramedRecordTypes, value: Buffer | null): StoredMessage {
  const reader = new Reader(value ?? Buffer.alloc(0))
  const frameVersion = readVarint(reader, 'frame version')
  if (frameVersion !== FRAME_VERSION) throw new MalformedError(frameVersionMessage(frameVersion))
  const id = readVarint(reader, 'type')
  const version = readVarint(reader, 'version')
  const type = types.get(id)
  if (!type)
    throw new MalformedError(`org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id ${id}`)
  const message = readKnown(type, id, version, reader)
  if (reader.remaining > 0) throw new MalformedError(`Found ${reader.remaining} byte(s) of garbage after ${id}`)
  return message
}

function readVarint(reader: Reader, part: string): number {
  const value = renamed(() => reader.uvarint(), `Error while reading ${part}`)
  if (value > MAX_INT16) throw new MalformedError(`Value for ${part} was too large.`)
  return value
}

const frameVersionMessage = (version: number): string =>
  version === 0
    ? 'Could not deserialize metadata record with frame version 0. ' +
      'Note that upgrades from the preview release of KRaft in 2.8 to newer versions are not supported.'
    : `Could not deserialize metadata record due to unknown frame version ${version}(only frame version ${FRAME_VERSION} is supported)`

function readKnown(type: MessageType, id: number, version: number, reader: Reader): StoredMessage {
  return !isKnown(type, version)
    ? readMessage(type, version, reader)
    : renamed(() => readMessage(type, version, reader), `Failed to deserialize record with type ${id}`)
}

function renamed<T>(read: () => T, message: string): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof MalformedError ? new MalformedError(message) : error
  }
}
