// Lines into a topic: from a file, through a pipe, with keys, compressed.
import { installConfluent, installPlatformatic } from '../peers.mjs'

export async function run(bench) {
  const { kts, kafkajs, file, broker } = bench
  const { server } = broker
  const before = () => bench.newTopic(broker)
  const kcat = (options, input = `-l ${file}`) =>
    bench.hasKcat && ((topic) => `kcat -P -b ${server} -t ${topic} ${options} ${input}`)
  const apache = (options = '') =>
    !bench.quick &&
    broker.tools &&
    ((topic) =>
      `${broker.tools} org.apache.kafka.tools.ConsoleProducer --bootstrap-server ${server} --topic ${topic} ${options} < ${file}`)
  const ours =
    (options = '') =>
    (topic) =>
      `${kts} produce --bootstrap-server ${server} --topic ${topic} --input-file ${file} ${options}`
  const where = `into ${broker.name}`
  const note = (text) => bench.note(text)
  const platformatic = await installPlatformatic(note)
  const confluent = await installConfluent(note)

  await bench.compare({
    name: `produce ${where}, file (wall)`,
    goal: '≤ kcat, ≥ 10 × Apache’s',
    before,
    ours: ours(),
    wants: { kcat: 1, 'Apache’s': 10 },
    peers: {
      kcat: kcat(''),
      kafkajs: (topic) => `${kafkajs} produce ${server} ${topic} ${file}`,
      'Confluent’s JavaScript': confluent && ((topic) => `${confluent} produce ${server} ${topic} ${file}`),
      '@platformatic/kafka': platformatic && ((topic) => `${platformatic} produce ${server} ${topic} ${file}`),
      'Apache’s': apache(),
    },
  })
  bench.again({
    name: `produce ${where}, file (CPU)`,
    goal: '≤ kcat',
    by: 'cpu',
    wants: { kcat: 1 },
    peers: ['kcat', 'kafkajs', 'Confluent’s JavaScript', '@platformatic/kafka'],
  })
  await bench.compare({
    name: `produce ${where}, piped from cat`,
    goal: '≤ kcat',
    before,
    wants: { kcat: 1 },
    ours: (topic) => `cat ${file} | ${kts} produce --bootstrap-server ${server} --topic ${topic}`,
    peers: { kcat: bench.hasKcat && ((topic) => `cat ${file} | kcat -P -b ${server} -t ${topic}`) },
  })
  const keyed = `${file}.keyed`
  bench.sh(`awk '{ print $1 "\\t" $0 }' ${file} > ${keyed}`)
  await bench.compare({
    name: `produce ${where}, with keys`,
    goal: '≤ 1.2 × kcat',
    before,
    wants: { kcat: 1 / 1.2 },
    ours: (topic) =>
      `${kts} produce --bootstrap-server ${server} --topic ${topic} --input-file ${keyed} --reader-property parse.key=true`,
    peers: { kcat: kcat(`-K '\\t'`, `-l ${keyed}`) },
  })
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    await bench.compare({
      name: `produce ${where}, ${codec}`,
      goal: '≤ 1.2 × kcat',
      before,
      wants: { kcat: 1 / 1.2 },
      ours: ours(`--compression-codec ${codec}`),
      peers: { kcat: kcat(`-z ${codec}`) },
    })
  }
}
