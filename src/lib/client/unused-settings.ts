import { isKnownProperty } from './known-properties.ts'
import type { ClientProperties } from './types.ts'

/** Why settings of Java's clients change nothing here, by their names: whoever sets one is told. */
type Reasons = Readonly<Record<string, string>>

const METRICS = 'kts keeps no client metrics'
const BUFFERS = 'the size of socket buffers is left to the operating system'
const BYTES = 'keys and values are sent as the bytes that they are'
const SHARE_GROUPS = 'it belongs to share groups'

const UNUSED: Reasons = {
  'enable.metrics.push': METRICS,
  'metric.reporters': METRICS,
  'metrics.num.samples': METRICS,
  'metrics.recording.level': METRICS,
  'metrics.sample.window.ms': METRICS,
  'receive.buffer.bytes': BUFFERS,
  'send.buffer.bytes': BUFFERS,
}

const UNUSED_BY_PRODUCERS: Reasons = {
  ...UNUSED,
  'compression.lz4.level': 'lz4 is compressed at its fast level',
  'key.serializer': BYTES,
  'metadata.max.idle.ms': 'a topic is remembered for as long as the command runs',
  'value.serializer': BYTES,
}

const UNUSED_BY_CONSUMERS: Reasons = {
  ...UNUSED,
  'interceptor.classes': 'Java classes cannot be loaded',
  'max.poll.records': 'records are handed out as they come',
  'share.acknowledgement.mode': SHARE_GROUPS,
  'share.acquire.mode': SHARE_GROUPS,
}

const UNUSED_IN_CLASSIC_GROUPS: Reasons = {
  ...UNUSED_BY_CONSUMERS,
  'group.remote.assignor': 'it belongs to group.protocol=consumer',
}

/** A sentence for each setting of a producer without effect, and one for all that no Kafka client has. */
export function unusedProducerSettings(properties: ClientProperties): string[] {
  const unknown = [...properties.keys()].filter((name) => !isKnownProperty(name))
  return [
    ...sentences(properties, UNUSED_BY_PRODUCERS),
    ...(unknown.length > 0 ? [`not settings of a Kafka client, ignored: ${unknown.join(', ')}`] : []),
  ]
}

/** A sentence for each setting of a consumer without effect. */
export function unusedConsumerSettings(properties: ClientProperties): string[] {
  const isConsumerProtocol = properties.get('group.protocol')?.toLowerCase() === 'consumer'
  return sentences(properties, isConsumerProtocol ? UNUSED_BY_CONSUMERS : UNUSED_IN_CLASSIC_GROUPS)
}

const sentences = (properties: ClientProperties, reasons: Reasons): string[] =>
  [...properties.keys()].flatMap((name) => (reasons[name] ? [`${name} has no effect: ${reasons[name]}`] : []))
