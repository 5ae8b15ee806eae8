import { UserError } from '../errors.ts'

/**
 * Every property of the producer, consumer and admin clients of Kafka 4.3 (ProducerConfig, ConsumerConfig,
 * AdminClientConfig), by the type of its value.
 */
const NAMES_BY_TYPE = {
  int: `
    auto.commit.interval.ms batch.size compression.gzip.level compression.lz4.level compression.zstd.level
    default.api.timeout.ms delivery.timeout.ms fetch.max.bytes fetch.max.wait.ms fetch.min.bytes heartbeat.interval.ms
    max.in.flight.requests.per.connection max.partition.fetch.bytes max.poll.interval.ms max.poll.records
    max.request.size metrics.num.samples receive.buffer.bytes request.timeout.ms retries sasl.login.connect.timeout.ms
    sasl.login.read.timeout.ms sasl.oauthbearer.assertion.claim.exp.seconds
    sasl.oauthbearer.assertion.claim.nbf.seconds sasl.oauthbearer.clock.skew.seconds send.buffer.bytes
    session.timeout.ms transaction.timeout.ms`,
  long: `
    buffer.memory connections.max.idle.ms linger.ms max.block.ms metadata.max.age.ms metadata.max.idle.ms
    metadata.recovery.rebootstrap.trigger.ms metrics.sample.window.ms partitioner.availability.timeout.ms
    reconnect.backoff.max.ms reconnect.backoff.ms retry.backoff.max.ms retry.backoff.ms
    sasl.kerberos.min.time.before.relogin sasl.login.retry.backoff.max.ms sasl.login.retry.backoff.ms
    sasl.oauthbearer.jwks.endpoint.refresh.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms
    sasl.oauthbearer.jwks.endpoint.retry.backoff.ms socket.connection.setup.timeout.max.ms
    socket.connection.setup.timeout.ms`,
  short: `
    sasl.login.refresh.buffer.seconds sasl.login.refresh.min.period.seconds`,
  double: `
    sasl.kerberos.ticket.renew.jitter sasl.kerberos.ticket.renew.window.factor sasl.login.refresh.window.factor
    sasl.login.refresh.window.jitter`,
  boolean: `
    allow.auto.create.topics check.crcs enable.auto.commit enable.idempotence enable.metrics.push
    exclude.internal.topics internal.throw.on.fetch.stable.offset.unsupported partitioner.adaptive.partitioning.enable
    partitioner.ignore.keys sasl.oauthbearer.assertion.claim.jti.include sasl.oauthbearer.header.urlencode
    transaction.two.phase.commit.enable`,
  text: `
    acks auto.offset.reset bootstrap.controllers bootstrap.servers client.dns.lookup client.id client.rack
    compression.type config.providers group.id group.instance.id group.protocol group.remote.assignor
    interceptor.classes isolation.level key.deserializer key.serializer metadata.recovery.strategy metric.reporters
    metrics.recording.level partition.assignment.strategy partitioner.class sasl.client.callback.handler.class
    sasl.kerberos.kinit.cmd sasl.kerberos.service.name sasl.login.callback.handler.class sasl.login.class
    sasl.mechanism sasl.oauthbearer.assertion.algorithm sasl.oauthbearer.assertion.claim.aud
    sasl.oauthbearer.assertion.claim.iss sasl.oauthbearer.assertion.claim.sub sasl.oauthbearer.assertion.file
    sasl.oauthbearer.assertion.private.key.file sasl.oauthbearer.assertion.template.file
    sasl.oauthbearer.client.credentials.client.id sasl.oauthbearer.expected.audience
    sasl.oauthbearer.expected.issuer sasl.oauthbearer.jwks.endpoint.url sasl.oauthbearer.jwt.retriever.class
    sasl.oauthbearer.jwt.validator.class sasl.oauthbearer.scope sasl.oauthbearer.scope.claim.name
    sasl.oauthbearer.sub.claim.name sasl.oauthbearer.token.endpoint.url security.protocol security.providers
    share.acknowledgement.mode share.acquire.mode ssl.cipher.suites ssl.enabled.protocols
    ssl.endpoint.identification.algorithm ssl.engine.factory.class ssl.keymanager.algorithm ssl.keystore.location
    ssl.keystore.type ssl.protocol ssl.provider ssl.secure.random.implementation ssl.trustmanager.algorithm
    ssl.truststore.location ssl.truststore.type transactional.id value.deserializer value.serializer`,
  password: `
    sasl.jaas.config sasl.oauthbearer.assertion.private.key.passphrase
    sasl.oauthbearer.client.credentials.client.secret ssl.key.password ssl.keystore.certificate.chain
    ssl.keystore.key ssl.keystore.password ssl.truststore.certificates ssl.truststore.password`,
} as const

type Type = keyof typeof NAMES_BY_TYPE

/**
 * Names that only kts knows: the credentials without the wrapping of sasl.jaas.config, as librdkafka has them, and a
 * command that prints a token.
 */
const OF_KTS = [
  ['sasl.oauthbearer.token.command', 'password'],
  ['sasl.username', 'text'],
  ['sasl.password', 'password'],
] as const

/** Properties of Confluent's serializers and their clients of a schema registry, those that kts reads. */
const OF_REGISTRIES = {
  int: 'http.connect.timeout.ms http.read.timeout.ms max.retries retries.wait.ms use.schema.id',
  boolean: `
    auto.register.schemas json.fail.invalid.schema latest.compatibility.strict normalize.schemas use.latest.version`,
  text: `
    basic.auth.credentials.source bearer.auth.credentials.source bearer.auth.identity.pool.id
    bearer.auth.logical.cluster key.schema.id.serializer key.subject.name.strategy
    schema.registry.basic.auth.credentials.source schema.registry.bearer.auth.credentials.source
    schema.registry.ssl.cipher.suites schema.registry.ssl.enabled.protocols
    schema.registry.ssl.endpoint.identification.algorithm schema.registry.ssl.keystore.location
    schema.registry.ssl.keystore.type schema.registry.ssl.protocol schema.registry.ssl.truststore.location
    schema.registry.ssl.truststore.type schema.registry.url value.schema.id.serializer value.subject.name.strategy`,
  password: `
    basic.auth.user.info bearer.auth.token schema.registry.basic.auth.user.info schema.registry.bearer.auth.token
    schema.registry.ssl.key.password schema.registry.ssl.keystore.certificate.chain schema.registry.ssl.keystore.key
    schema.registry.ssl.keystore.password schema.registry.ssl.truststore.certificates
    schema.registry.ssl.truststore.password`,
} as const satisfies Partial<Record<Type, string>>

let known: ReadonlyMap<string, Type> | undefined

/** Read when the first property is looked at: most commands have none. */
const types = (): ReadonlyMap<string, Type> =>
  (known ??= new Map([...typesOf(NAMES_BY_TYPE), ...typesOf(OF_REGISTRIES), ...OF_KTS]))

function typesOf(namesByType: Readonly<Partial<Record<Type, string>>>): [name: string, type: Type][] {
  return Object.entries(namesByType).flatMap(([type, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, Type] => [name, type as Type]),
  )
}

/** Headers of requests to a registry have the names that they have. */
const HEADER = /^request\.header\../

const LIMITS: Readonly<Partial<Record<Type, bigint>>> = { int: 2n ** 31n, long: 2n ** 63n, short: 2n ** 15n }

export const isKnownProperty = (name: string): boolean => types().has(name) || HEADER.test(name)

export const knownProperties = (): Iterable<string> => types().keys()

/**
 * Whether its value is nobody's to see: one of Kafka's type PASSWORD, or a name that nobody has declared, as it may be
 * one.
 */
export const isSecretProperty = (name: string): boolean => (types().get(name) ?? 'password') === 'password'

/** Throws UserError for a value that the type of the property does not allow, read as Kafka's ConfigDef reads it. */
export function checkPropertyValue(name: string, value: string): void {
  const type = types().get(name)
  if (!type || type === 'text' || type === 'password') return
  if (!isOfType(type, value.trim())) throw new UserError(`${name}=${value} is not valid: ${EXPECTED[type]} is expected`)
}

const EXPECTED = {
  int: 'a whole number',
  long: 'a whole number',
  short: 'a whole number',
  double: 'a number',
  boolean: 'true or false',
} as const

function isOfType(type: keyof typeof EXPECTED, text: string): boolean {
  if (type === 'boolean') return /^(true|false)$/i.test(text)
  if (type === 'double') return text !== '' && Number.isFinite(Number(text))
  return fits(text, LIMITS[type]!)
}

function fits(text: string, limit: bigint): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false
  const value = BigInt(text.replace('+', ''))
  return value < limit && value >= -limit
}
