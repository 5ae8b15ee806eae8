import { MalformedError } from '../../errors.ts'
import {
  CONSUMER_ASSIGNMENT,
  CONSUMER_PROTOCOL_TYPE,
  CONSUMER_SUBSCRIPTION,
  consumerProtocolVersion,
  LATEST_CONSUMER_VERSION,
  readConsumerMessage,
} from '../consumer-protocol.ts'
import type { Fields } from '../schema.ts'
import { messageJson, type JsonForm } from './message-json.ts'
import { messageType, type StoredMessage } from './message-type.ts'

/** What the members of a classic group told each other, where it stands in GROUP_METADATA. */
const EMBEDDED: Readonly<Record<string, Fields>> = {
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

function embeddedJson(fields: Fields, value: Buffer): string | null {
  try {
    const version = Math.min(consumerProtocolVersion(value), LATEST_CONSUMER_VERSION)
    return messageJson({
      type: messageType('', `0-${LATEST_CONSUMER_VERSION}`, 'none', fields),
      version,
      values: readConsumerMessage(fields, value),
    })
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}
