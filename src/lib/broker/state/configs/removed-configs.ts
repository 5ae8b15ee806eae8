/** Settings of Kafka before 4.0 that its broker no longer has; a server.properties may still name them. */
const REMOVED = new Set([
  'advertised.host.name',
  'advertised.port',
  'authorizer.zookeeper.url',
  'broker.id.generation.enable',
  'control.plane.listener.name',
  'delegation.token.master.key',
  'host.name',
  'inter.broker.protocol.version',
  'log.message.downconversion.enable',
  'log.message.format.version',
  'log.message.timestamp.difference.max.ms',
  'offsets.commit.required.acks',
  'port',
  'quota.consumer.default',
  'quota.producer.default',
  'reserved.broker.max.id',
  'sasl.mechanism.zookeeper',
])
const PREFIXES = ['zookeeper.', 'password.encoder.']

export const isRemovedConfig = (name: string): boolean =>
  REMOVED.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
