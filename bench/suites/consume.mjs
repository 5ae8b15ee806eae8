// A topic into a file, alone and as a member of a group.
import { installConfluent, installPlatformatic } from '../peers.mjs'

export async function run(bench) {
  const { kts, kafkajs, broker, lines, output } = bench
  const { server } = broker
  const topic = bench.filledTopic(broker)
  const note = (text) => bench.note(text)
  const platformatic = await installPlatformatic(note)
  const confluent = await installConfluent(note)
  const kcat = (from, count) =>
    bench.hasKcat && `kcat -C -b ${server} -t ${from} -o beginning -c ${count} -q > ${output}`
  const ours = (from, count, options = '') =>
    `${kts} consume --bootstrap-server ${server} --topic ${from} --from-beginning --max-messages ${count} ${options} > ${output}`
  const apaches = (from, count, options = '') =>
    !bench.quick &&
    broker.tools &&
    `${broker.tools} org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server ${server} --topic ${from} --from-beginning --max-messages ${count} ${options} > ${output}`

  await bench.compare({
    name: `consume from ${broker.name}`,
    goal: '≥ 2 × kcat, ≥ 4 × Apache’s',
    wants: { kcat: 2, 'Apache’s': 4 },
    ours: ours(topic, lines),
    peers: {
      kcat: kcat(topic, lines),
      kafkajs: `${kafkajs} consume ${server} ${topic} ${lines} > ${output}`,
      'Confluent’s JavaScript': confluent && `${confluent} consume ${server} ${topic} ${lines} > ${output}`,
      '@platformatic/kafka': platformatic && `${platformatic} consume ${server} ${topic} ${lines} > ${output}`,
      'Apache’s': apaches(topic, lines),
    },
  })
  if (!bench.quick) {
    const long = bench.newTopic(broker)
    for (let part = 0; part < 8; part += 1)
      bench.sh(`${kts} produce --bootstrap-server ${server} --topic ${long} --input-file ${bench.file}`)
    await bench.compare({
      name: `consume 8 × as many from ${broker.name}`,
      goal: '≥ 2 × kcat',
      wants: { kcat: 2 },
      ours: ours(long, lines * 8),
      peers: { kcat: kcat(long, lines * 8) },
    })
  }
  let groups = 0
  const group = () => `bench-group-${(groups += 1)}`
  await bench.compare({
    name: `consume from ${broker.name} in a group`,
    goal: '≥ 3 × Apache’s, ≥ half the speed without',
    wants: { 'Apache’s': 3, 'kts without a group': 0.5 },
    ours: () => ours(topic, lines, `--group ${group()}`),
    peers: {
      'Apache’s': apaches(topic, lines) && (() => apaches(topic, lines, `--group ${group()}`)),
      'kts without a group': ours(topic, lines),
    },
  })
}
