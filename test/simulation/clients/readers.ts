import { Fetch, READ_COMMITTED } from '../../../src/lib/protocol/apis/fetch.ts'
import { batches, endOffsetOf } from '../../../src/lib/protocol/records/index.ts'
import { valuesOf } from '../checks/committed-log.ts'
import { Violation } from '../checks/violation.ts'
import type { Simulation } from '../simulation.ts'
import type { Client } from './client.ts'
import type { Target } from './producers.ts'

export interface Read {
  /** Of data records that are no transaction's that was rolled back. */
  readonly values: readonly string[]
  readonly nextOffset: bigint
  readonly highWatermark: bigint
  readonly lastStableOffset: bigint
}

/** Reads from one broker, which leads or follows; null where that gave nothing. */
export async function readFrom(
  client: Client,
  nodeId: number,
  topicId: string,
  partition: number,
  fetchOffset: bigint,
  isolationLevel: number,
): Promise<(Read & { readonly records: Buffer }) | null> {
  const answer = await client.ask(nodeId, Fetch, {
    maxWaitMs: 200,
    minBytes: 1,
    isolationLevel,
    topics: [{ topicId, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }] }],
  })
  const found = answer?.responses[0]?.partitions[0]
  if (found?.errorCode !== 0) return null
  const records = found.records ?? Buffer.alloc(0)
  const { highWatermark, lastStableOffset } = found
  const values = visibleValues(records, isolationLevel === READ_COMMITTED ? (found.abortedTransactions ?? []) : [])
  return {
    records,
    values,
    highWatermark,
    lastStableOffset,
    nextOffset: records.length > 0 ? endOffsetOf(records) : fetchOffset,
  }
}

/** As consumers leave out what was rolled back: from where it begins to its marker. */
function visibleValues(
  records: Buffer,
  abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[],
): string[] {
  const values: string[] = []
  const waiting = [...abortedTransactions].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const aborted = new Set<bigint>()
  for (const { header, at } of batches(records)) {
    while (waiting[0] && waiting[0].firstOffset <= header.lastOffset) aborted.add(waiting.shift()!.producerId)
    if (header.isControl) aborted.delete(header.producerId)
    else if (!header.isTransactional || !aborted.has(header.producerId))
      for (const [, value] of valuesOf(records.subarray(at, at + header.sizeInBytes))) values.push(value)
  }
  return values
}

/** Reads here and there: all that is shown to it must be committed, and stay. */
export async function consume(client: Client, simulation: Simulation, topics: readonly string[]): Promise<void> {
  const { world, replicas } = simulation
  const positions = new Map<string, bigint>()
  while (!simulation.isEnding) {
    const target = simulation.target(topics)
    const known = await client.topic(target.topic)
    if (known && simulation.isSafe(known.topicId)) {
      const key = keyOf(target)
      const from = positions.get(key) ?? 0n
      const leader = known.leaders[target.partition] ?? -1
      const nodeId = world.isLucky(0.2) || leader < 0 ? client.anyone() : leader
      const isolation = world.integer(0, READ_COMMITTED)
      const read = await readFrom(client, nodeId, known.topicId, target.partition, from, isolation)
      if (!read) await client.refresh(target.topic)
      else {
        const committed = replicas.committedLog(known.topicId, target.partition)
        if (read.nextOffset > committed.end && read.records.length > 0)
          throw new Violation(`node-${nodeId} shows ${key} up to ${read.nextOffset}, ${committed.end} are committed`)
        committed.check(read.records, `what node-${nodeId} shows`)
        if (isolation === READ_COMMITTED) simulation.ledger.seen(read.values)
        positions.set(key, world.isLucky(0.1) ? 0n : read.nextOffset)
      }
    }
    await client.pause(world.between(50, 400))
  }
}

const keyOf = ({ topic, partition }: Target): string => `${topic}-${partition}`
