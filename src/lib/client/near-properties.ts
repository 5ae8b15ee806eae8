import { editDistance } from '../edit-distance.ts'
import { UserError } from '../errors.ts'
import { isKnownProperty, knownProperties } from './known-properties.ts'

/** Properties that say where a client connects, and as whom. */
const OF_CONNECTIONS = /^(bootstrap|security\.protocol$|sasl|ssl)/
/** What librdkafka, and old clients, call them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'metadata.broker.list': 'bootstrap.servers',
  'broker.list': 'bootstrap.servers',
  'bootstrap.brokers': 'bootstrap.servers',
  'sasl.mechanisms': 'sasl.mechanism',
  'ssl.ca.location': 'ssl.truststore.location',
  'ssl.ca.pem': 'ssl.truststore.certificates',
  'ssl.certificate.location': 'ssl.keystore.location',
  'ssl.certificate.pem': 'ssl.keystore.certificate.chain',
  'ssl.key.location': 'ssl.keystore.location',
  'ssl.key.pem': 'ssl.keystore.key',
}
/** Two letters of a long name, one of a short one. */
const NEAR = 2

/**
 * Throws UserError for a name that is no property, but nearly one that says where or as whom to connect: without it the
 * command would go somewhere else, or as nobody. Not where the right name is there as well: then it is another
 * client's.
 */
export function rejectNearNames(given: ReadonlyMap<string, unknown>, originOf?: (name: string) => string): void {
  for (const name of given.keys()) {
    const meant = nearProperty(name)
    if (meant === undefined || given.has(meant)) continue
    const where = originOf ? `${originOf(name)}: ` : ''
    throw new UserError(`${where}${name} is not a property of a Kafka client; did you mean ${meant}?`)
  }
}

/** The property of connections that an unknown name nearly is. */
export function nearProperty(name: string): string | undefined {
  if (isKnownProperty(name)) return undefined
  const plain = plainOf(name)
  if (ELSEWHERE[plain] !== undefined) return ELSEWHERE[plain]
  const near = [...knownProperties()]
    .filter((known) => OF_CONNECTIONS.test(known))
    .map((known) => ({ known, letters: editDistance(plain, known) }))
    .filter(({ known, letters }) => letters <= Math.min(NEAR, known.length / 8))
  return near.sort((a, b) => a.letters - b.letters)[0]?.known
}

/** `bootstrap_servers`, `bootstrap-servers` and `bootstrapServers` are bootstrap.servers. */
const plainOf = (name: string): string =>
  name
    .trim()
    .replace(/([a-z])(?=[A-Z])/g, '$1.')
    .replace(/[-_\s]/g, '.')
    .toLowerCase()
