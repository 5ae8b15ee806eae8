// One folder, opened by kts and by Apache Kafka in turn: what either has written the other has as well.
import { strict as assert } from 'node:assert'
import { fileURLToPath } from 'node:url'
import { run } from '../support/processes.mjs'
import { allInSync } from './load.mjs'
import { Nodes } from './nodes.mjs'

const bin = fileURLToPath(new URL('../../bin', import.meta.url))
const AUTHORIZER = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}
const SINGLE = {
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
}

/** Begins with a folder that `first` has made. */
export async function moveFolder(first) {
  const other = first === 'kts' ? 'apache' : 'kts'
  const nodes = await new Nodes([{ id: 1, maker: first, roles: 'broker,controller' }], {
    ...AUTHORIZER,
    ...SINGLE,
  }).start()
  const tool = toolsOf(nodes)
  try {
    await fill(tool)
    const filled = await describe(tool)
    for (const [index, maker] of [other, first].entries()) {
      await nodes.stopNode(1)
      await nodes.startNode(1, { maker })
      await allInSync(nodes, 'orders')
      await allInSync(nodes, '__consumer_offsets')
      assert.deepEqual(await describe(tool), filled, `${maker} on the folder of ${first}`)
      await tool('kafka-topics', '--create', '--topic', `by-${maker}-${index}`, '--partitions', '2')
      await tool('kafka-topics', '--delete', '--topic', `by-${maker}-${index}`)
    }
    await nodes.stop()
  } catch (error) {
    await nodes.stop({ keep: true })
    throw new Error(`${error.message} (folders ${nodes.folder})`, { cause: error })
  }
}

const toolsOf =
  (nodes) =>
  async (name, ...args) => {
    const [input, ...rest] = typeof args[0] === 'object' ? args : [undefined, ...args]
    const { stdout } = await run(process.execPath, [`${bin}/${name}`, '--bootstrap-server', nodes.bootstrap, ...rest], {
      input: input?.lines.join('\n'),
      env: { ...process.env, XDG_STATE_HOME: nodes.folder },
    })
    return stdout
  }

async function fill(tool) {
  await tool('kafka-topics', '--create', '--topic', 'orders', '--partitions', '3', '--config', 'retention.ms=123456789')
  await tool('kafka-topics', '--create', '--topic', 'table', '--config', 'cleanup.policy=compact')
  await tool('kafka-topics', '--create', '--topic', 'gone')
  await tool('kafka-topics', '--delete', '--topic', 'gone')
  await tool('kafka-topics', '--alter', '--topic', 'orders', '--partitions', '5')
  const configs = (type, name, setting) =>
    tool('kafka-configs', '--alter', '--entity-type', type, '--entity-name', name, '--add-config', setting)
  await configs('topics', 'table', 'segment.bytes=1048576')
  await configs('brokers', '1', 'log.cleaner.threads=2')
  await configs('users', 'alice', 'SCRAM-SHA-256=[iterations=4096,password=secret]')
  await configs('users', 'bob', 'producer_byte_rate=1024')
  await configs('clients', 'app', 'consumer_byte_rate=2048')
  await configs('groups', 'g', 'consumer.session.timeout.ms=50000')
  await tool('kafka-acls', '--add', '--allow-principal', 'User:alice', '--operation', 'Read', '--topic', 'orders')
  await tool(
    'kafka-acls',
    '--add',
    '--deny-principal',
    'User:bob',
    '--operation',
    'Write',
    '--topic',
    'o',
    '--resource-pattern-type',
    'prefixed',
  )
  const lines = Array.from({ length: 500 }, (_, index) => `k${index % 50}:v${index}`)
  for (const topic of ['orders', 'table'])
    await tool(
      'kafka-console-producer',
      { lines },
      '--topic',
      topic,
      '--reader-property',
      'parse.key=true',
      '--reader-property',
      'key.separator=:',
    )
  await tool(
    'kafka-console-consumer',
    '--topic',
    'orders',
    '--from-beginning',
    '--max-messages',
    '500',
    '--group',
    'readers',
  )
}

/** Everything that a client can see, in an order of its own. */
async function describe(tool) {
  const sorted = (text) =>
    text
      .split('\n')
      .map((line) => line.trimEnd())
      .filter(Boolean)
      .sort()
  const consume = (topic) =>
    tool(
      'kafka-console-consumer',
      '--topic',
      topic,
      '--from-beginning',
      '--timeout-ms',
      '4000',
      '--formatter-property',
      'print.key=true',
      '--formatter-property',
      'print.offset=true',
      '--formatter-property',
      'print.partition=true',
      '--formatter-property',
      'print.timestamp=true',
    )
  // Kafka has the settings of a topic in a map, in no order.
  const inOrder = (text) => text.replaceAll(/(?<=Configs: )\S+/g, (configs) => configs.split(',').sort().join())
  const answers = {
    topics: inOrder(await tool('kafka-topics', '--describe')),
    topicConfigs: await tool('kafka-configs', '--describe', '--entity-type', 'topics'),
    brokerConfigs: await tool('kafka-configs', '--describe', '--entity-type', 'brokers', '--entity-name', '1'),
    users: await tool('kafka-configs', '--describe', '--entity-type', 'users'),
    clients: await tool('kafka-configs', '--describe', '--entity-type', 'clients'),
    groupConfigs: await tool('kafka-configs', '--describe', '--entity-type', 'groups', '--entity-name', 'g'),
    acls: await tool('kafka-acls', '--list'),
    offsets: await tool('kafka-consumer-groups', '--describe', '--group', 'readers', '--offsets'),
    ends: await tool('kafka-get-offsets', '--topic', 'orders|table'),
    features: (await tool('kafka-features', 'describe')).replaceAll(/Epoch: \d+/g, 'Epoch: N'),
    orders: await consume('orders'),
    table: await consume('table'),
  }
  return Object.fromEntries(Object.entries(answers).map(([name, text]) => [name, sorted(text)]))
}
