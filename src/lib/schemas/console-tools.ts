import { UserError } from '../errors.ts'

/** Properties of Confluent's serializers that kts does not have, and why. */
const REFUSED: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^(key|value)\.(metadata|rule\.set)$/, 'metadata and rules are not sent with a schema'],
  [/^(rule\.|rules\.)/, 'rules are not executed'],
  [/^use\.latest\.with\.metadata$/, 'schemas are not found by their metadata'],
  [/^schema\.format$/, 'schemas are read as text'],
  [/^proxy\.(host|port)$/, 'proxies are not supported'],
  [/^bearer\.auth\.(issuer|client|scope|sub|custom|cache)/, 'bearer.auth.token is the only source of tokens'],
]

/** Throws UserError for a property that means something, and cannot be done here. */
export function refuseProperties(properties: ReadonlyMap<string, string>): void {
  for (const [name, value] of properties) {
    const [, reason] = REFUSED.find(([pattern]) => pattern.test(name)) ?? []
    if (reason !== undefined) throw new UserError(`${name} is not supported: ${reason}`)
    if (name === 'context.name.strategy' && !value.trim().endsWith('NullContextNameStrategy'))
      throw new UserError(`${name}=${value} is not supported: contexts stand in schema.registry.url, /contexts/.NAME`)
  }
}

export const DEFAULT_REGISTRY_URL = 'http://localhost:8081'

/** The names of Confluent's console tools, by the schema type that they are for. */
export const CONSOLE_CLASSES = {
  AVRO: 'io.confluent.kafka.formatter.Avro',
  JSON: 'io.confluent.kafka.formatter.json.JsonSchema',
  PROTOBUF: 'io.confluent.kafka.formatter.protobuf.Protobuf',
} as const
