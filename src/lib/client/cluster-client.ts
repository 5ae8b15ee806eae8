import type { Clock } from '../clock.ts'
import { EnvironmentError, KafkaError } from '../errors.ts'
import type { Api, ApiId } from '../protocol/api.ts'
import { DescribeCluster, ENDPOINT_TYPES } from '../protocol/apis/describe-cluster.ts'
import { Metadata, type MetadataResponse } from '../protocol/apis/metadata.ts'
import { ERRORS, errorName } from '../protocol/errors.ts'
import { blank, type Fields, type Input, type Message } from '../protocol/schema.ts'
import type { Connections } from './connections.ts'
import { findCoordinators, knowNodes } from './find-coordinators.ts'
import type { Hindrances } from './hindrances.ts'
import { backoffMs, retry } from './retry.ts'
import type { CoordinatorType, KafkaClient, Node, SendOptions } from './types.ts'
import { UnreadableAnswer } from './wire.ts'

export interface ClusterConfig {
  readonly clock: Clock
  readonly requestTimeoutMs: number
  readonly apiTimeoutMs: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  /** The nodes are KRaft controllers, not brokers. */
  readonly areControllers: boolean
  /** Is told while a coordinator is not there. */
  readonly hindrances?: Hindrances | undefined
}

const MAIN_LANE = 'main'
const MOST_UNREADABLE = 3

/** The client that commands use; see KafkaClient for its contract. */
export class ClusterClient implements KafkaClient {
  private controller = -1
  /** Answers to an API, one after the other, that could not be read. */
  private readonly unreadable = new Map<number, number>()

  constructor(
    private readonly connections: Connections,
    private readonly config: ClusterConfig,
  ) {}

  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options: SendOptions = {},
  ): Promise<Message<S>> {
    const wire = await this.wire(options.nodeId, options.lane)
    const { waitMs, isLongPoll } = brokerWait(request)
    const timeoutMs = (options.timeoutMs ?? this.config.requestTimeoutMs) + waitMs
    const { expectResponse = true, maxVersion } = options
    try {
      const response = await wire.request(api, request, {
        timeoutMs,
        brokerWaitMs: isLongPoll ? waitMs : 0,
        expectResponse,
        maxVersion,
      })
      this.unreadable.delete(api.key)
      return response ?? blank(api.fields.response)
    } catch (error) {
      throw error instanceof UnreadableAnswer ? this.judge(error, api.key) : error
    }
  }

  async version(api: ApiId, nodeId?: number): Promise<number> {
    return (await this.wire(nodeId)).version(api)
  }

  async featureLevel(feature: string): Promise<number> {
    return (await this.wire(undefined)).featureLevel(feature)
  }

  async metadata(
    topics: readonly string[] | null,
    options: { allowAutoTopicCreation?: boolean } = {},
  ): Promise<MetadataResponse> {
    if (this.config.areControllers && topics?.length !== 0)
      throw new KafkaError('UNSUPPORTED_VERSION', 'Controllers know no topics; name a broker with --bootstrap-server')
    const response = this.config.areControllers
      ? await this.describeControllers()
      : await this.send(Metadata, {
          topics: topics && topics.map((name) => ({ name })),
          allowAutoTopicCreation: options.allowAutoTopicCreation ?? false,
        })
    if (response.errorCode !== 0)
      throw new KafkaError(errorName(response.errorCode), `Metadata: ${errorName(response.errorCode)}`)
    this.connections.setNodes(response.brokers)
    this.controller = response.controllerId
    return response
  }

  nodes(): readonly Node[] {
    return this.connections.nodes
  }

  async brokers(): Promise<readonly Node[]> {
    if (this.nodes().length === 0) await this.metadata([])
    return this.nodes()
  }

  controllerId(): number {
    return this.controller
  }

  /** Asks again while the coordinator is being set up, for default.api.timeout.ms at most. */
  async coordinator(key: string, type: CoordinatorType): Promise<number> {
    const { clock, hindrances, apiTimeoutMs, retryBackoffMs, retryBackoffMaxMs } = this.config
    const found = async (): Promise<number> => {
      const [coordinator] = await findCoordinators(this, type, [key])
      if (coordinator?.errorCode === 0) {
        await knowNodes(this, [coordinator.nodeId])
        return coordinator.nodeId
      }
      const error = errorName(coordinator?.errorCode ?? ERRORS.UNKNOWN_SERVER_ERROR)
      const of = type === 'group' ? 'group' : 'transactional id'
      throw new KafkaError(error, `No coordinator for ${of} "${key}": ${coordinator?.errorMessage || error}`)
    }
    const delayMs = (failures: number, failure: Error): number =>
      failure instanceof EnvironmentError ? Infinity : backoffMs(failures, retryBackoffMs, retryBackoffMaxMs)
    return retry(found, { clock, hindrances, timeoutMs: apiTimeoutMs, delayMs })
  }

  get hindrances(): Hindrances | undefined {
    return this.config.hindrances
  }

  async close(): Promise<void> {
    this.connections.close()
  }

  /** A connection may spoil an answer once; a broker that goes on like this will not be asked for ever. */
  private judge(error: UnreadableAnswer, apiKey: number): Error {
    const times = (this.unreadable.get(apiKey) ?? 0) + 1
    this.unreadable.set(apiKey, times)
    return times < MOST_UNREADABLE
      ? error
      : new KafkaError('UNKNOWN_SERVER_ERROR', `${error.message} (${times} times now)`)
  }

  /** What metadata is to brokers; controllers know nothing of it. */
  private async describeControllers(): Promise<MetadataResponse> {
    const { errorCode, errorMessage, controllerId, clusterId, brokers } = await this.send(DescribeCluster, {
      endpointType: ENDPOINT_TYPES.controller,
    })
    if (errorCode === ERRORS.MISMATCHED_ENDPOINT_TYPE || errorCode === ERRORS.UNSUPPORTED_ENDPOINT_TYPE) {
      throw new KafkaError(
        errorName(errorCode),
        'The server of --bootstrap-controller is a broker; name it with --bootstrap-server',
      )
    }
    const nodes = brokers.map(({ brokerId, ...node }) => ({ nodeId: brokerId, ...node }))
    if (errorCode !== 0)
      throw new KafkaError(errorName(errorCode), `DescribeCluster: ${errorMessage || errorName(errorCode)}`)
    return { ...blank(Metadata.fields.response), controllerId, clusterId, brokers: nodes }
  }

  private async wire(nodeId: number | undefined, lane: string = MAIN_LANE) {
    if (nodeId !== undefined && !this.connections.has(nodeId)) await this.metadata([])
    return this.connections.get(nodeId ?? null, lane)
  }
}

/**
 * How long the request lets the broker wait before it has to answer; whether it will, while there is nothing to say.
 */
function brokerWait(request: object): { waitMs: number; isLongPoll: boolean } {
  const { maxWaitMs, rebalanceTimeoutMs, memberEpoch, timeoutMs } = request as Record<string, unknown>
  // ConsumerGroupHeartbeat names the rebalance timeout too, and is answered at once.
  const pollMs = maxWaitMs ?? (memberEpoch === undefined ? rebalanceTimeoutMs : undefined)
  const waitMs = pollMs ?? timeoutMs
  return { waitMs: typeof waitMs === 'number' && waitMs > 0 ? waitMs : 0, isLongPoll: pollMs !== undefined }
}
