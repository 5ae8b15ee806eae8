import { isExpected, KafkaError } from '../../errors.ts'
import { AllocateProducerIds } from '../../protocol/apis/allocate-producer-ids.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { ControllerChannel } from '../network/controller-channel.ts'
import type { Cluster } from './cluster/cluster.ts'

/** As many ids as a broker takes from the controller at a time (ProducerIdsBlock). */
const BLOCK = 1000n
/** With so few left the next block is asked for (RPCProducerIdManager). */
const FEW = 100n

interface Block {
  readonly first: bigint
  /** Of the block after it. */
  readonly end: bigint
}

export interface ProducerIdsOptions {
  readonly nodeId: number
  readonly cluster: Cluster
  readonly controller: ControllerChannel
}

/** Producer ids for idempotent producers; a block that a crash leaves half-used is never used again. */
export class ProducerIds {
  private next = 0n
  private end = 0n
  /** Fetched from the controller on another node before it is needed. */
  private reserve: Block | null = null
  private isAsking = false

  constructor(private readonly options: ProducerIdsOptions) {}

  /** Asks for the first block, so that the first producer need not wait. */
  prepare(): void {
    if (this.end - this.next <= FEW && !this.reserve && !this.isAsking) void this.ask()
  }

  /** Throws KafkaError, COORDINATOR_LOAD_IN_PROGRESS while the controller on another node is asked. */
  generate(): bigint {
    const { cluster, nodeId } = this.options
    if (cluster.controllerId !== nodeId) return this.generateFromReserve()
    if (this.next === this.end || cluster.mayBeInUse(this.next)) {
      const first = cluster.allocateProducerIds(BLOCK, nodeId)
      this.begin({ first, end: first + BLOCK })
    }
    return this.next++
  }

  private generateFromReserve(): bigint {
    if (this.next === this.end && this.reserve) {
      this.begin(this.reserve)
      this.reserve = null
    }
    this.prepare()
    if (this.next === this.end) throw new KafkaError('COORDINATOR_LOAD_IN_PROGRESS')
    return this.next++
  }

  private begin({ first, end }: Block): void {
    this.next = first
    this.end = end
  }

  /** Without an answer it is asked again with the next producer. */
  private async ask(): Promise<void> {
    const { controller, cluster, nodeId } = this.options
    this.isAsking = true
    try {
      const brokerEpoch = cluster.registration(nodeId)?.epoch ?? -1n
      const { errorCode, producerIdStart, producerIdLen } = await controller.ask(AllocateProducerIds, {
        brokerId: nodeId,
        brokerEpoch,
      })
      if (errorCode === ERRORS.NONE)
        this.reserve = { first: producerIdStart, end: producerIdStart + BigInt(producerIdLen) }
    } catch (error) {
      if (!isExpected(error)) throw error
    } finally {
      this.isAsking = false
    }
  }
}
