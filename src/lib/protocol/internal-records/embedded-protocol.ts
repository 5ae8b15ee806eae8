import { MalformedError } from '../../errors.ts'
import {
  CONSUMER_ASSIGNMENT,
  CONSUMER_PROTOCOL_TYPE,
  CONSUMER_SUBSCRIPTION,
  consumerProtocolVersion,
  readConsumerMessage,
} from '../consumer-protocol.ts'
import { messageJson, type JsonForm } from './message-json.ts'
import type { MessageType, StoredMessage } from '../message-type.ts'

/** What the members of a classic group told each other, where it stands in GROUP_METADATA. */
const EMBEDDED: Readonly<Record<string, MessageType>> = {
  subscription: CONSUMER_SUBSCRIPTION,
  assignment: CONSUMER_ASSIGNMENT,
}

/** As messageJson, with the subscriptions and assignments of a group of consumers laid open where they can be read. */
export function groupMetadataJson(message: StoredMessage, form: Partial<JsonForm> = {}): string {
  if (message.values['protocolType'] !== CONSUMER_PROTOCOL_TYPE) return messageJson(message, form)
  return messageJson(message, {
    ...form,
    bytes: (name, value) => embeddedJson(EMBEDDED[name]!, value) ?? JSON.stringify(value.toString('base64')),
  })
}

function embeddedJson(type: MessageType, value: Buffer): string | null {
  try {
    const version = Math.min(consumerProtocolVersion(value), type.maxVersion)
    return messageJson({ type, version, values: readConsumerMessage(type, value) })
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}
