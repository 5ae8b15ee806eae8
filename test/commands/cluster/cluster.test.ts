import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cluster } from '../../../src/commands/cluster/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { startBroker } from '../../../src/lib/broker/index.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { DescribeCluster } from '../../../src/lib/protocol/apis/describe-cluster.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { UnregisterBroker } from '../../../src/lib/protocol/apis/unregister-broker.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

const ID = 'shihK9QrTzexn50XFz6CTQ'

let broker: FakeBroker
beforeEach(async () => {
  broker = await FakeBroker.start({
    features: { supported: { 'metadata.version': [7, 30] }, finalized: { 'metadata.version': 25 } },
  })
  broker.on(DescribeCluster, ({ endpointType, includeFencedBrokers }) => ({
    clusterId: ID,
    controllerId: 1,
    endpointType,
    brokers: [
      ...(includeFencedBrokers ? [{ brokerId: 3, host: 'gone', port: 9092, isFenced: true }] : []),
      { brokerId: 1, host: '127.0.0.1', port: broker.port, rack: endpointType === 1 ? 'eu-west-1a' : null },
    ],
  }))
})
afterEach(() => broker.stop())

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(cluster as unknown as Command, args, { style, program: style === 'kts' ? 'kts cluster' : 'kafka-cluster' })
const kts = (...args: string[]) => run('kts', '--bootstrap-server', broker.address, ...args)
const dropIn = (...args: string[]) => run('drop-in', ...args, '--bootstrap-server', broker.address)

describe('kts cluster', () => {
  it('shows brokers, controller, racks and releases', async () => {
    const { data, text, exitCode } = await kts()
    expect(data).toMatchObject({
      clusterId: ID,
      controller: 1,
      metadataVersion: '4.0-IV3',
      brokers: [
        { broker: 1, host: '127.0.0.1', port: broker.port, rack: 'eu-west-1a', controller: true, version: '4.3' },
      ],
    })
    expect(text).toMatch(
      new RegExp(
        `^Cluster ID: ${ID}\nController: 1\nMetadata version: 4.0-IV3\n\nBROKER +ADDRESS +RACK +KAFKA +APIS +CONTROLLER\n +1 +${broker.address} +eu-west-1a +4\\.3 +\\d+ +yes\n$`,
      ),
    )
    expect(exitCode).toBe(0)
    expect((await kts('--describe')).data).toEqual(data)
    expect((await kts('describe')).data).toEqual(data)
  })

  it('shows brokers too that know neither DescribeCluster nor features', async () => {
    const old = await FakeBroker.start({ versions: { DescribeCluster: [0, -1], ApiVersions: [0, 2] } })
    old.on(Metadata, () => ({ ...old.metadata(), clusterId: 'old', controllerId: -1 }))
    const { data } = await run('kts', '--bootstrap-server', old.address)
    expect(data).toMatchObject({
      clusterId: 'old',
      controller: null,
      metadataVersion: null,
      brokers: [{ broker: 1, controller: false, version: null }],
    })
    await old.stop()
  })

  it('names brokers that do not answer, and exits 1', async () => {
    const other = await FakeBroker.start({ nodeId: 2 })
    const both = broker.metadata([], [other])
    broker.on(Metadata, () => both)
    await other.stop()
    const { stderr, exitCode } = await kts()
    expect(stderr).toMatch(/^kts cluster: broker 2 does not answer: [^\n]+\n$/)
    expect(exitCode).toBe(1)
  })
})

describe('the broker in the box', () => {
  it('is of a known release', async () => {
    const box = await startBroker()
    try {
      const { text } = await run('kts', '--bootstrap-server', box.bootstrapServers)
      expect(text).toMatch(/^Metadata version: 4\.3-IV0$/m)
      expect(text).toMatch(/ 4\.3 +\d+ +yes\n$/)
    } finally {
      await box.stop()
    }
  })
})

describe('cluster-id', () => {
  it('is one line', async () => {
    expect((await dropIn('cluster-id')).text).toBe(`Cluster ID: ${ID}\n`)
    expect((await kts('cluster-id')).data).toEqual({ clusterId: ID })
    expect((await kts('id')).data).toEqual({ clusterId: ID })
  })
})

describe('list-endpoints', () => {
  it("is a table as Apache's tool lays it out", async () => {
    expect((await dropIn('list-endpoints')).text).toBe(
      'ID         HOST      PORT       RACK       STATE      ENDPOINT_TYPE  \n' +
        `1          127.0.0.1 ${String(broker.port).padEnd(10)} eu-west-1a unfenced   broker         \n`,
    )
    expect((await dropIn('list-endpoints', '--include-fenced-brokers')).text.split('\n')[2]).toBe(
      '3          gone      9092       null       fenced     broker         ',
    )
    const { data, table } = await kts('endpoints', '--include-fenced-brokers')
    expect(data).toMatchObject([
      { id: 1, rack: 'eu-west-1a', fenced: false, type: 'broker' },
      { id: 3, rack: null, fenced: true },
    ])
    expect(table!.split('\n')[0]).toMatch(/^ID +HOST +PORT +RACK +STATE +ENDPOINT TYPE$/)
  })

  it('shows controllers, which have no state', async () => {
    const { text } = await run('drop-in', 'list-endpoints', '-C', broker.address)
    expect(text).toBe(
      'ID         HOST      PORT       RACK       ENDPOINT_TYPE  \n' +
        `1          127.0.0.1 ${String(broker.port).padEnd(10)} null       controller     \n`,
    )
  })
})

describe('unregister', () => {
  it('lets the cluster forget a broker', async () => {
    broker.on(UnregisterBroker, () => ({}))
    expect((await dropIn('unregister', '--id', '9')).text).toBe('Broker 9 is no longer registered.\n')
    expect(broker.requests(UnregisterBroker)[0]!.request).toEqual({ brokerId: 9 })
  })

  it('takes the number as a word', async () => {
    broker.on(UnregisterBroker, () => ({}))
    await kts('unregister', '9')
    expect(broker.requests(UnregisterBroker)[0]!.request).toEqual({ brokerId: 9 })
    await expect(async () => await kts('unregister', 'nine')).rejects.toThrow('--id takes a whole number, not "nine"')
    await expect(async () => await dropIn('unregister', '9')).rejects.toThrow('unexpected argument "9"')
  })

  it('says what the cluster says', async () => {
    broker.on(UnregisterBroker, () => ({ errorCode: 102, errorMessage: 'Broker ID 9 is not currently registered' }))
    await expect(dropIn('unregister', '--id', '9')).rejects.toThrow(
      'Cannot unregister broker 9: Broker ID 9 is not currently registered (BROKER_ID_NOT_REGISTERED)',
    )
  })

  it("is no failure to Apache's tool where brokers do not register", async () => {
    const old = await FakeBroker.start({ versions: { UnregisterBroker: [0, -1] } })
    const args = ['--bootstrap-server', old.address, 'unregister', '--id', '9']
    expect(await run('drop-in', ...args)).toMatchObject({
      text: 'The target cluster does not support the broker unregistration API.\n',
      exitCode: 0,
    })
    await expect(run('kts', ...args)).rejects.toThrow(KafkaError)
    await old.stop()
  })
})

describe('options', () => {
  it.each([
    [['no-such-action']],
    [['cluster-id', 'again']],
    [['unregister']],
    [['cluster-id', '--id', '1']],
    [['unregister', '--id', 'x']],
    [['cluster-id', '--include-fenced-brokers']],
  ])('refuses %j under both names', async (args) => {
    await expect(async () => await kts(...args)).rejects.toThrow(UserError)
    await expect(async () => await dropIn(...args)).rejects.toThrow(UserError)
  })

  it('refuses more under one name', async () => {
    await expect(async () => await kts('--describe', 'cluster-id')).rejects.toThrow(UserError)
    await expect(async () => await run('kts', '--bootstrap-controller', broker.address)).rejects.toThrow(UserError)
    await expect(async () => await dropIn()).rejects.toThrow('say what to do: cluster-id, list-endpoints, unregister')
    await expect(async () => await dropIn('describe')).rejects.toThrow(UserError)
    await expect(
      async () => await run('drop-in', 'list-endpoints', '--include-fenced-brokers', '-C', broker.address),
    ).rejects.toThrow(UserError)
  })
})
