import { WAITING } from '../conformance/waiting.mjs'

/**
 * Cases that cannot pass in a pairing, each with its reason. One that passes all the same fails the suite: take it out.
 */
const EXCEPTIONS = {
  'kts × Apache Kafka 3.9.2': {
    'kafka-configs/client-metrics': 'Kafka 3.9 does not say where a setting of client metrics comes from',
    'kafka-consumer-groups/delete-offsets': 'Kafka 3.9 forgets a group at once with its last offset',
  },
}

export function exceptionsOf(pairing) {
  return { ...(pairing.startsWith('kts ') ? WAITING : {}), ...EXCEPTIONS[pairing] }
}
