import { plainMembers, type Decoder } from './decoder.ts'
import type { DumpValues } from './options.ts'

/** As text, unless the records are those of one of Kafka's own topics; each decoder is loaded when it is asked for. */
export async function chooseDecoder(values: DumpValues): Promise<Decoder> {
  if (values.offsetsDecoder) return (await import('./coordinator-decoders.ts')).offsetsDecoder
  if (values.transactionLogDecoder) return (await import('./coordinator-decoders.ts')).transactionsDecoder
  if (values.shareGroupStateDecoder) return (await import('./coordinator-decoders.ts')).shareGroupStateDecoder
  if (values.clusterMetadataDecoder) return (await import('./metadata-decoders.ts')).clusterMetadataDecoder
  if (values.remoteLogMetadataDecoder) return (await import('./metadata-decoders.ts')).remoteLogMetadataDecoder
  return textDecoder
}

const textDecoder: Decoder = {
  text: ({ key, value }) => ({ key: key?.toString(), payload: value?.toString() }),
  json: plainMembers,
}
