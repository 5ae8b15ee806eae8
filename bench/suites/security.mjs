// What TLS, a login and the authorizer cost: the bundled broker beside Apache Kafka with the same server.properties.
import { startSecuredApache, startSecuredBundled } from '../secured-servers.mjs'

const AUTHORIZER = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}

export async function run(bench) {
  const bundled = await startSecuredBundled()
  const apache = bench.apache ? await startSecuredApache('4.3.0') : null
  try {
    for (const protocol of ['SSL', 'SASL_SSL']) await overProtocol(bench, protocol, bundled, apache)
  } finally {
    await apache?.stop()
    await bundled.stop()
  }
  await withAuthorizer(bench)
}

async function overProtocol(bench, protocol, bundled, apache) {
  const { kts, file, output, lines } = bench
  const wanted = { goal: '≥ 1 × Apache Kafka', wants: { 'Apache Kafka': 1 } }
  const sides = (line, topicOf) => ({
    ours: (topic) => line(bundled, topic),
    peers: { 'Apache Kafka': apache && ((topic) => line(apache, topic)) },
    before: (who) => topicOf(who === 'kts' ? bundled : apache),
  })
  const produce = (broker, topic) => `${kts} produce ${broker.options(protocol)} -t ${topic} --input-file ${file}`
  const fresh = (broker) => newTopic(bench, broker)
  await bench.compare({ name: `security: kts produces over ${protocol}`, ...wanted, ...sides(produce, fresh) })
  const filled = new Map([bundled, apache].filter(Boolean).map((broker) => [broker, fresh(broker)]))
  for (const [broker, topic] of filled) bench.sh(produce(broker, topic))
  const consume = (broker, topic) =>
    `${kts} consume ${broker.options(protocol)} -t ${topic} --from-beginning --max-messages ${lines} > ${output}`
  const same = (broker) => filled.get(broker)
  await bench.compare({ name: `security: kts consumes over ${protocol}`, ...wanted, ...sides(consume, same) })
}

/** The same broker twice, one of them with an authorizer that everybody passes. */
async function withAuthorizer(bench) {
  const { kts, file } = bench
  const [guarded, open] = [await startSecuredBundled(AUTHORIZER), await startSecuredBundled()]
  const line = (broker) => (topic) => `${kts} produce ${broker.options('PLAINTEXT')} -t ${topic} --input-file ${file}`
  try {
    await bench.compare({
      name: 'security: kts produces under an authorizer',
      goal: '≥ 0.97 × without one',
      wants: { 'without an authorizer': 0.97 },
      ours: line(guarded),
      peers: { 'without an authorizer': line(open) },
      before: (who) => newTopic(bench, who === 'kts' ? guarded : open),
    })
  } finally {
    await guarded.stop()
    await open.stop()
  }
}

let topics = 0

function newTopic(bench, broker) {
  const topic = `secured-${(topics += 1)}`
  bench.sh(`${bench.kts} topics create ${topic} --partitions 3 ${broker.options('PLAINTEXT')}`)
  return topic
}
