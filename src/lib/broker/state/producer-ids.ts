import type { Cluster } from './cluster/cluster.ts'

/** As many ids as a broker takes from the controller at a time (ProducerIdsBlock). */
const BLOCK = 1000n

/** Producer ids for idempotent producers; a block that a crash leaves half-used is never used again. */
export class ProducerIds {
  private next = 0n
  private end = 0n

  constructor(
    private readonly cluster: Cluster,
    private readonly nodeId: number,
  ) {}

  generate(): bigint {
    if (this.next === this.end || this.cluster.mayBeInUse(this.next)) {
      this.next = this.cluster.allocateProducerIds(BLOCK, this.nodeId)
      this.end = this.next + BLOCK
    }
    return this.next++
  }
}
