import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort, Terminal, type Running } from './terminal.ts'

/** The tutorial of three brokers from the days of ZooKeeper, typed as it stands: only the ports are others. */
let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.open()
})
afterEach(() => terminal.close())

const TOPIC = 'my-replicated-topic'
const done = { code: 0 }

/** As `cp config/server.properties config/server-1.properties` and an editor make them. */
async function writeSettings(): Promise<void> {
  for (const id of [0, 1, 2])
    writeFileSync(
      join(terminal.folder, 'config', fileOf(id)),
      [
        `broker.id=${id}`,
        `listeners=PLAINTEXT://localhost:${id === 0 ? terminal.port : await freePort()}`,
        `log.dirs=${join(terminal.folder, 'kafka-logs', String(id))}`,
        `zookeeper.connect=localhost:${terminal.zookeeperPort}`,
        '',
      ].join('\n'),
    )
}

/** The port tells the processes from those of other tests, for `ps | grep`. */
const fileOf = (id: number): string => `server-${id}-${terminal.port}.properties`
const describeTopic = `bin/kafka-topics.sh --describe --bootstrap-server localhost:9092 --topic ${TOPIC}`
const partition = (leader: number, isr: string): RegExp =>
  new RegExp(`Partition: 0\tLeader: ${leader}\tReplicas: 1,2,0\tIsr: ${isr}\t`)

async function startBroker(id: number): Promise<Running> {
  const broker = terminal.start(`exec bin/kafka-server-start.sh config/${fileOf(id)}`)
  await broker.until(new RegExp(`Kafka broker ${id} ready`))
  return broker
}

test('T5: a topic of three replicas outlives the kill -9 of its leader', async () => {
  await writeSettings()
  const zookeeper = terminal.start('exec bin/zookeeper-server-start.sh config/zookeeper.properties 2>&1')
  await zookeeper.until(/is ready/)
  const brokers = await Promise.all([0, 1, 2].map(startBroker))
  expect(
    await terminal.type(
      `bin/kafka-topics.sh --create --bootstrap-server localhost:9092 --replica-assignment 1:2:0 --topic ${TOPIC}`,
    ),
  ).toMatchObject({ ...done, stdout: `Created topic ${TOPIC}.\n` })
  await terminal.typeUntil(describeTopic, partition(1, '1,2,0'))
  expect(
    await terminal.type(
      `bin/kafka-console-producer.sh --bootstrap-server localhost:9092 --topic ${TOPIC}`,
      'my test message 1\nmy test message 2\n',
    ),
  ).toMatchObject(done)

  const { stdout: pids } = await terminal.type("ps aux | grep '[s]erver-1-9092.properties' | awk '{print $2}'")
  expect(pids).toMatch(/^\d+\n$/)
  expect(await terminal.type(`kill -9 ${pids}`)).toMatchObject(done)
  await brokers[1]!.ended
  await terminal.typeUntil(describeTopic, partition(2, '2,0'))
  expect(
    await terminal.type(
      `bin/kafka-console-consumer.sh --bootstrap-server localhost:9092 --from-beginning --topic ${TOPIC} --max-messages 2`,
    ),
  ).toMatchObject({ ...done, stdout: 'my test message 1\nmy test message 2\n' })

  brokers[1] = await startBroker(1)
  await terminal.typeUntil(describeTopic, partition(2, '2,0,1'))
  // A broker that is asked to stop hands its leadership over first.
  expect((await brokers[2]!.interrupt()).code).toBe(130)
  await terminal.typeUntil(describeTopic, partition(1, '0,1'))
}, 120_000)
