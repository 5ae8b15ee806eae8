export { Producer, type ProducerOptions } from './producer.ts'
export { parseProducerSettings, type ProducerSettings } from './settings.ts'
export type { TopicWriter } from './topic-writer.ts'
export { encodeHeaders, type HeaderInput } from '../../protocol/records/index.ts'
