import type { Api } from '../../../../../src/lib/protocol/api.ts'
import { Reader } from '../../../../../src/lib/protocol/bytes.ts'
import { encodeRequest, readResponse } from '../../../../../src/lib/protocol/frame.ts'
import type { Fields, Input, Message } from '../../../../../src/lib/protocol/schema.ts'
import { Dispatcher } from '../../../../../src/lib/broker/dispatch.ts'
import { alterConfigs } from '../../../../../src/lib/broker/handlers/alter-configs.ts'
import { describeConfigs } from '../../../../../src/lib/broker/handlers/describe-configs.ts'
import { incrementalAlterConfigs } from '../../../../../src/lib/broker/handlers/incremental-alter-configs.ts'
import { MemoryDisk } from '../../../../../src/lib/broker/log/memory-disk.ts'
import type { Broker } from '../../../../../src/lib/broker/state/broker.ts'
import type { Cluster } from '../../../../../src/lib/broker/state/cluster/cluster.ts'
import type { BrokerConfig } from '../../../../../src/lib/broker/state/configs/broker-config.ts'
import { parseBrokerConfig } from '../../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { Turns } from '../../../../../src/lib/broker/state/turns.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { TopicConfigs } from '../../../../../src/lib/broker/state/configs/topic-configs.ts'
import { openCluster } from '../cluster-support.ts'

export const parseConfig = (properties: Record<string, string> = {}): BrokerConfig =>
  parseBrokerConfig(new Map(Object.entries(properties))).config

/**
 * Settings, their handlers and the cluster's metadata, with requests and answers as bytes; no logs, no groups, no
 * sockets.
 */
export class ConfigsBroker {
  readonly cluster: Cluster
  config: BrokerConfig
  readonly topicConfigs = new TopicConfigs(() => this.config)
  private readonly dispatcher: Dispatcher

  constructor(
    properties: Record<string, string> = {},
    readonly fileSystem = new MemoryDisk(),
  ) {
    const file = parseConfig(properties)
    const nodeId = file.number('node.id')
    fileSystem.makeDirectory('/data')
    this.cluster = openCluster(fileSystem, nodeId)
    const resolve = () =>
      file.withDynamic(this.cluster.configs('broker', String(nodeId)), this.cluster.configs('broker', ''))
    this.config = resolve()
    this.cluster.listen({
      onConfigsChanged: () => {
        this.config = resolve()
      },
    })
    const clock = new FakeClock()
    const controllerEndpoints = new Map()
    const broker = {
      nodeId,
      controllerEndpoints,
      authorizer: null,
      checkListeners() {},
      cluster: this.cluster,
      topicConfigs: this.topicConfigs,
      clock,
      turns: new Turns(clock),
    }
    Object.defineProperty(broker, 'config', { get: () => this.config })
    this.dispatcher = new Dispatcher(broker as unknown as Broker, [
      describeConfigs,
      alterConfigs,
      incrementalAlterConfigs,
    ])
  }

  createTopic(name: string, configs: Record<string, string> = {}): void {
    this.cluster.createTopic(name, 'AAAAAAAAAAAAAAAAAAAAAg', [], new Map(Object.entries(configs)))
  }

  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    version = api.maxVersion,
  ): Promise<Message<S>> {
    const frame = Buffer.concat(encodeRequest(api, version, 7, 'test', request)).subarray(4)
    const reply = await this.dispatcher.dispatch(frame, {
      listener: 'PLAINTEXT',
      principal: 'User:ANONYMOUS',
      securityProtocol: 'PLAINTEXT',
      clientHost: '/127.0.0.1',
    })
    const reader = new Reader(Buffer.concat(reply!), 8)
    const response = readResponse(api, version, reader)
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes behind the answer`)
    return response
  }
}
