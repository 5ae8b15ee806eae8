import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort, Terminal, type Running } from './terminal.ts'

/** The tutorial of three brokers in KRaft mode, typed as it stands: only the ports and the folder are others. */
let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.open()
})
afterEach(() => terminal.close())

const IDS = [1, 2, 3] as const
const done = { code: 0 }
const KAFKA = '--bootstrap-server localhost:9092'
const describeOrders = `bin/kafka-topics.sh --describe --topic orders ${KAFKA}`

/** As tutorials have them, with the quorum in the words of both Kafka 3 and 4. */
async function writeSettings(): Promise<void> {
  const ports = await Promise.all(
    IDS.map(async (id) => ({ broker: id === 1 ? terminal.port : await freePort(), controller: await freePort() })),
  )
  const controllers = ports.map(({ controller }) => `localhost:${controller}`)
  for (const id of IDS) {
    const { broker, controller } = ports[id - 1]!
    writeFileSync(
      join(terminal.folder, 'config', fileOf(id)),
      [
        'process.roles=broker,controller',
        `node.id=${id}`,
        `controller.quorum.bootstrap.servers=${controllers.join(',')}`,
        `controller.quorum.voters=${controllers.map((address, index) => `${index + 1}@${address}`).join(',')}`,
        `listeners=PLAINTEXT://localhost:${broker},CONTROLLER://localhost:${controller}`,
        `advertised.listeners=PLAINTEXT://localhost:${broker},CONTROLLER://localhost:${controller}`,
        'inter.broker.listener.name=PLAINTEXT',
        'controller.listener.names=CONTROLLER',
        'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
        `log.dirs=${join(terminal.folder, `kraft-logs-${id}`)}`,
        'offsets.topic.replication.factor=3',
        'transaction.state.log.replication.factor=3',
        'transaction.state.log.min.isr=2',
        '',
      ].join('\n'),
    )
  }
}

async function startServer(id: number): Promise<Running> {
  const server = terminal.start(`exec bin/kafka-server-start.sh config/${fileOf(id)}`)
  await server.until(new RegExp(`Kafka broker ${id} ready`))
  return server
}

async function killServer(id: number): Promise<void> {
  const { stdout: pids } = await terminal.type(`ps aux | grep '[s]erver-${id}-9092.properties' | awk '{print $2}'`)
  expect(pids).toMatch(/^\d+\n$/)
  expect(await terminal.type(`kill -9 ${pids}`)).toMatchObject(done)
}

/** The port tells the processes from those of other tests, for `ps | grep`. */
const fileOf = (id: number): string => `server-${id}-${terminal.port}.properties`
const produce = (lines: string, options = '') =>
  terminal.type(`bin/kafka-console-producer.sh --topic orders ${KAFKA} ${options}`, lines)
const lineOf = (partition: number, leader: number | string, isr: string): RegExp =>
  new RegExp(`Partition: ${partition}\tLeader: ${leader}\tReplicas: \\S+\tIsr: ${isr}\t`)

test('KRaft: three nodes, formatted and started; one is killed, and another leads', async () => {
  await writeSettings()
  const { stdout: clusterId } = await terminal.type('bin/kafka-storage.sh random-uuid')
  expect(clusterId).toMatch(/^[\w-]{22}\n$/)
  for (const id of IDS)
    expect(
      await terminal.type(`bin/kafka-storage.sh format -t ${clusterId.trim()} -c config/${fileOf(id)}`),
    ).toMatchObject({ ...done, stdout: expect.stringMatching(/^Formatting metadata directory .* 4\.3-IV0\.$/m) })
  const servers = await Promise.all(IDS.map(startServer))

  expect(
    await terminal.type(
      `bin/kafka-topics.sh --create --topic orders --partitions 3 --replication-factor 3 --config min.insync.replicas=2 ${KAFKA}`,
    ),
  ).toMatchObject({ ...done, stdout: 'Created topic orders.\n' })
  const { stdout: described } = await terminal.type(describeOrders)
  expect(described).toMatch(/PartitionCount: 3\tReplicationFactor: 3\tConfigs: min\.insync\.replicas=2$/m)
  const partition = Number(/Partition: (\d)\tLeader: 2\tReplicas: 2,/.exec(described)![1])
  expect(await produce('one\ntwo\n')).toMatchObject(done)

  await killServer(2)
  await servers[1]!.ended
  await terminal.typeUntil(describeOrders, lineOf(partition, 3, '3,1'))
  expect(await produce('three\n', '--command-property acks=all')).toMatchObject(done)
  const read = await terminal.type(
    `bin/kafka-console-consumer.sh --topic orders --from-beginning --group readers --max-messages 3 ${KAFKA}`,
  )
  expect(read.stdout.trim().split('\n').sort()).toEqual(['one', 'three', 'two'])
  expect((await terminal.type(`${describeOrders} --under-replicated-partitions`)).stdout.split('\n')).toHaveLength(4)

  // With one copy of two that are wanted nothing is acknowledged, and nothing is lost.
  await killServer(3)
  await servers[2]!.ended
  await terminal.typeUntil(`${describeOrders} --under-min-isr-partitions`, lineOf(partition, 1, '1'))
  const refused = await produce(
    'four\n',
    '--command-property acks=all --command-property delivery.timeout.ms=3000 --command-property request.timeout.ms=2000',
  )
  expect(`${refused.stdout}${refused.stderr}`).toContain('NOT_ENOUGH_REPLICAS')
  const status = await terminal.type(`bin/kafka-metadata-quorum.sh ${KAFKA} describe --status`)
  expect(status.stdout).toMatch(new RegExp(`^ClusterId: +${clusterId.trim()}\nLeaderId: +1$`, 'm'))

  await Promise.all([startServer(2), startServer(3)])
  await terminal.typeUntil(describeOrders, lineOf(partition, 1, '1,[23],[23]'))
  expect(
    await terminal.type(
      `bin/kafka-leader-election.sh --election-type preferred --topic orders --partition ${partition} ${KAFKA}`,
    ),
  ).toMatchObject({
    ...done,
    stdout: `Successfully completed leader election (PREFERRED) for partitions orders-${partition}\n`,
  })
  await terminal.typeUntil(describeOrders, lineOf(partition, 2, '1,[23],[23]'))

  await moveReplicas(partition, [3, 1])
  await terminal.typeUntil(
    describeOrders,
    new RegExp(`Partition: ${partition}\tLeader: 3\tReplicas: 3,1\tIsr: (3,1|1,3)\t`),
  )
}, 180_000)

async function moveReplicas(partition: number, replicas: readonly number[]): Promise<void> {
  writeFileSync(
    join(terminal.folder, 'move.json'),
    JSON.stringify({ version: 1, partitions: [{ topic: 'orders', partition, replicas }] }),
  )
  const reassign = `bin/kafka-reassign-partitions.sh ${KAFKA} --reassignment-json-file move.json`
  expect(await terminal.type(`${reassign} --execute`)).toMatchObject({
    ...done,
    stdout: expect.stringContaining(`Successfully started partition reassignment for orders-${partition}\n`),
  })
  await terminal.typeUntil(`${reassign} --verify`, new RegExp(`orders-${partition} is completed`))
}
