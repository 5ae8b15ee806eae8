import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Terminal } from './terminal.ts'

/** The lines that countless tutorials have their readers type, as they stand there. */
let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.open()
})
afterEach(() => terminal.close())

const done = { code: 0 }

test('T1: the quick start', async () => {
  const zookeeper = terminal.start('bin/zookeeper-server-start.sh config/zookeeper.properties')
  const broker = terminal.start('bin/kafka-server-start.sh config/server.properties')
  await broker.until(/ready/)
  expect(
    await terminal.type(
      'bin/kafka-topics.sh --create --zookeeper localhost:2181 --replication-factor 1 --partitions 1 --topic test',
    ),
  ).toMatchObject({ ...done, stdout: 'Created topic test.\n', stderr: expect.stringContaining('--bootstrap-server') })
  expect(await terminal.type('bin/kafka-topics.sh --list --zookeeper localhost:2181')).toMatchObject({
    ...done,
    stdout: 'test\n',
  })
  expect(
    await terminal.type(
      'bin/kafka-console-producer.sh --broker-list localhost:9092 --topic test',
      'This is a message\nThis is another message\n',
    ),
  ).toMatchObject(done)
  const consumer = terminal.start(
    'bin/kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic test --from-beginning',
  )
  await consumer.until(/another message\n/)
  expect(await consumer.interrupt()).toMatchObject({
    code: 130,
    stdout: 'This is a message\nThis is another message\n',
  })
  expect(await zookeeper.interrupt()).toMatchObject({ code: 130, stderr: expect.stringContaining('ZooKeeper') })
  expect((await broker.interrupt()).code).toBe(130)
}, 60_000)

test('T2: a log stream through a topic', async () => {
  expect(await terminal.type('zookeeper-server-start.sh -daemon config/zookeeper.properties')).toMatchObject(done)
  // As with telnet, by which the tutorial sees that all is well.
  const socket = connect(terminal.zookeeperPort, 'localhost').end('stat\r\n')
  expect(String(await once(socket, 'data'))).toMatch(/^This is not ZooKeeper/)
  expect(await terminal.type('kafka-server-start.sh -daemon config/server.properties')).toMatchObject(done)
  expect(
    await terminal.type(
      'kafka-topics.sh --zookeeper localhost:2181 --create --topic retail --partitions 3 --replication-factor 1',
    ),
  ).toMatchObject({ ...done, stdout: 'Created topic retail.\n' })
  expect(await terminal.type('kafka-topics.sh --list --zookeeper localhost:2181')).toMatchObject({
    ...done,
    stdout: 'retail\n',
  })
  const { stdout: files } = await terminal.type(
    'ls -ltr /tmp/kafka-logs/retail-0 /tmp/kafka-logs/retail-1 /tmp/kafka-logs/retail-2',
  )
  for (const file of [
    '00000000000000000000.log',
    '00000000000000000000.index',
    '00000000000000000000.timeindex',
    'leader-epoch-checkpoint',
    'partition.metadata',
  ]) {
    expect(files.split(file), file).toHaveLength(4)
  }
  expect(await terminal.type('start_logs.sh')).toMatchObject(done)
  const pipe = terminal.start('tail_logs.sh | kafka-console-producer.sh --broker-list localhost:9092 --topic retail')
  await terminal.typeUntil('kafka-get-offsets.sh --bootstrap-server localhost:9092 --topic retail', /:[1-9]\d*\n/)
  await pipe.interrupt()
  const all = terminal.start(
    'kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic retail --from-beginning',
  )
  await all.until(/"GET \/\S* HTTP\/1\.1" \d+ \d+ .*\n/)
  await all.interrupt()
  const one = terminal.start(
    'kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic retail --partition 0 --from-beginning',
  )
  // Null stands for the signal itself, which may come before the tool listens for it.
  expect([130, null]).toContain((await one.interrupt()).code)
  expect(await terminal.type('stop_logs.sh')).toMatchObject(done)
  expect(await terminal.type('kafka-topics.sh --zookeeper localhost:2181 --delete --topic retail')).toMatchObject({
    ...done,
    stdout: '',
  })
  expect(await terminal.type('kafka-server-stop.sh')).toMatchObject(done)
  expect(await terminal.type('zookeeper-server-stop.sh')).toMatchObject(done)
}, 60_000)

test('T3: a tour of the tools', async () => {
  expect(await terminal.type('kafka-server-start.sh -daemon config/server.properties')).toMatchObject(done)
  const type = terminal.type.bind(terminal)
  expect(
    await type(
      'kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --topic Topic1 --create --partitions 3 --replication-factor 1',
    ),
  ).toMatchObject({ ...done, stdout: 'Created topic Topic1.\n' })
  expect(await type('kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --list')).toMatchObject({
    ...done,
    stdout: 'Topic1\n',
  })
  const { stdout: described } = await type(
    'kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --topic Topic1 --describe',
  )
  expect(described).toMatch(
    /^Topic: Topic1\tTopicId: \S{22}\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: \S+\n(\tTopic: Topic1\tPartition: \d\tLeader: 0\tReplicas: 0\tIsr: 0\tElr: \tLastKnownElr: \n){3}$/,
  )
  expect(
    await type(
      'kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --topic Topic2 --create --partitions 1 --replication-factor 2',
    ),
  ).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^Error while executing topic command : .*replication factor/i),
  })
  expect(await type('kafka-console-producer.sh --broker-list 127.0.0.1:9092 --topic Topic1', 'hello\n')).toMatchObject(
    done,
  )
  expect(
    await type(
      'kafka-console-producer.sh --broker-list 127.0.0.1:9092 --topic Topic1 --producer-property acks=all',
      'acked\n',
    ),
  ).toMatchObject(done)
  expect(
    await type('kafka-console-producer.sh --broker-list 127.0.0.1:9092 --topic never_made', 'made on the fly\n'),
  ).toMatchObject({ ...done, stderr: expect.stringContaining('never_made') })
  const tour = terminal.start(
    'kafka-console-consumer.sh --bootstrap-server 127.0.0.1:9092 --topic Topic1 --from-beginning',
  )
  await tour.until(/(hello|acked)\n(hello|acked)\n/)
  await tour.interrupt()
  expect(
    await type(
      'kafka-console-producer --broker-list 127.0.0.1:9092 --topic first_topic --property parse.key=true --property key.separator=,',
      'alice,1\nbob,2\n',
    ),
  ).toMatchObject(done)
  const keyed = terminal.start(
    'kafka-console-consumer --bootstrap-server 127.0.0.1:9092 --topic first_topic --from-beginning --property print.key=true --property key.separator=,',
  )
  await keyed.until(/alice,1\nbob,2\n/)
  await keyed.interrupt()
  expect(await type('kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --delete --topic Topic1')).toMatchObject({
    ...done,
    stdout: '',
  })
  expect(await type('kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --list')).toMatchObject({
    ...done,
    stdout: expect.not.stringContaining('Topic1'),
  })
}, 60_000)

test('T4: consumer groups', async () => {
  const type = terminal.type.bind(terminal)
  const groups = 'kafka-consumer-groups.sh --bootstrap-server 127.0.0.1:9092'
  await type('kafka-server-start.sh -daemon config/server.properties')
  await type(
    'kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --topic Topic1 --create --partitions 2 --replication-factor 1',
  )

  // Terminals 1 to 3 share the two partitions, and one of them idles; a fourth has everything to itself.
  const sharing = Array.from({ length: 3 }, () =>
    terminal.start('kafka-console-consumer.sh --bootstrap-server 127.0.0.1:9092 --topic Topic1 --group app-1'),
  )
  const alone = terminal.start(
    'kafka-console-consumer.sh --bootstrap-server 127.0.0.1:9092 --topic Topic1 --group app-2',
  )
  const assigned = (...counts: number[]): RegExp =>
    new RegExp(`#PARTITIONS +\n${counts.map((count) => `.* ${count} +\n`).join('')}$`)
  await terminal.typeUntil(
    `${groups} --describe --group app-1 --members`,
    /#PARTITIONS +\n(?=(.* 1 +\n)*.* 0 +\n(.* 1 +\n)*$)(.*\n){3}$/,
  )
  await terminal.typeUntil(`${groups} --describe --group app-2 --members`, assigned(2))
  const lines = Array.from({ length: 10 }, (_, i) => `line ${i}\n`)
  await type(
    'kafka-console-producer.sh --broker-list 127.0.0.1:9092 --topic Topic1 --property parse.key=true --property key.separator=:',
    lines.map((line, i) => `${i}:${line}`).join(''),
  )
  await alone.until(/(line \d\n){10}/)
  const seen = (): string[] => sharing.flatMap(({ stdout }) => stdout.match(/.*\n/g) ?? [])
  await terminal.typeUntil(
    `${groups} --describe --group app-1`,
    /(app-1 +Topic1 +\d +(\d+) +\2 +0 +console-consumer-.*\n){2}/,
  )
  // What is committed has been printed, which is not to say that this process has read it.
  await expect.poll(() => seen().sort(), { timeout: 20_000 }).toEqual(lines)
  expect(sharing.filter(({ stdout }) => stdout === '')).toHaveLength(1)

  // Ctrl-C in a terminal that has a partition: the one that idled takes it over at once.
  const [first, second] = sharing.filter(({ stdout }) => stdout !== '') as [typeof alone, typeof alone]
  expect((await first.interrupt()).code).toBe(130)
  await terminal.typeUntil(`${groups} --describe --group app-1 --members`, assigned(1, 1))
  expect(await type(`${groups} --list`)).toMatchObject({ ...done, stdout: 'app-1\napp-2\n' })
  expect(await type(`${groups} --group app-1 --reset-offsets --to-earliest --topic Topic1 --execute`)).toMatchObject({
    ...done,
    stdout: expect.stringMatching(/^\nError: .*console-consumer-/) as string,
  })
  for (const consumer of [second, ...sharing.filter(({ stdout }) => stdout === '')]) await consumer.interrupt()

  expect(await type(`${groups} --group app-1 --reset-offsets --to-earliest --topic Topic1 --execute`)).toMatchObject({
    ...done,
    stdout: expect.stringMatching(/NEW-OFFSET\n(app-1 +Topic1 +\d +0\n){2}$/) as string,
  })
  expect(
    (
      await type(
        'kafka-console-consumer.sh --bootstrap-server 127.0.0.1:9092 --topic Topic1 --group app-1 --max-messages 10',
      )
    ).stdout
      .match(/.*\n/g)!
      .sort(),
  ).toEqual(lines)
  expect(await type(`${groups} --group app-1 --reset-offsets --shift-by -2 --topic Topic1 --execute`)).toMatchObject(
    done,
  )
  expect((await type(`${groups} --describe --group app-1`)).stdout).toMatch(
    /(app-1 +Topic1 +\d +\d+ +\d+ +2 +- +- +-\n){2}$/,
  )
  expect(await type('kafka-consumer-groups.sh --bootstrap-server 127.0.0.1:9092 --delete --group app-1')).toMatchObject(
    { ...done, stdout: "Deletion of requested consumer groups ('app-1') was successful.\n" },
  )
  expect(await type(`${groups} --list`)).toMatchObject({ ...done, stdout: 'app-2\n' })
}, 60_000)
