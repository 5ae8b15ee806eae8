import { InitProducerId } from '../../../src/lib/protocol/apis/init-producer-id.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import type { ErrorName } from '../../../src/lib/protocol/errors.ts'
import { buildBatch, type BatchOptions } from '../../../src/lib/protocol/records/index.ts'
import { Violation } from '../checks/violation.ts'
import type { Simulation } from '../simulation.ts'
import { type Client, nameOf } from './client.ts'

export interface Written {
  readonly error: ErrorName | null
  readonly baseOffset: bigint
  readonly topicId: string
  /** Who was asked, -1 for nobody. */
  readonly nodeId: number
}

/** Where a value went, or was to go. */
export interface Target {
  readonly topic: string
  readonly partition: number
}

export async function write(
  client: Client,
  { topic, partition }: Target,
  value: string,
  {
    acks = -1,
    transactionalId = null,
    ...batch
  }: BatchOptions & { acks?: number; transactionalId?: string | null } = {},
): Promise<Written> {
  const known = await client.topic(topic)
  const nodeId = known?.leaders[partition] ?? -1
  const unanswered = { error: null, baseOffset: -1n, topicId: known?.topicId ?? '', nodeId }
  if (!known || nodeId < 0) {
    await client.refresh(topic)
    return unanswered
  }
  const timestamp = BigInt(client.actor.clock.now())
  const records = buildBatch([{ timestamp, key: null, value: Buffer.from(value) }], batch)
  const answer = await client.ask(nodeId, Produce, {
    acks,
    timeoutMs: 3000,
    transactionalId,
    topicData: [{ topicId: known.topicId, partitionData: [{ index: partition, records }] }],
  })
  const written = answer?.responses[0]?.partitionResponses[0]
  if (written?.errorCode !== 0) await client.refresh(topic)
  if (!written) return unanswered
  return { ...unanswered, error: nameOf(written.errorCode), baseOffset: written.baseOffset }
}

/** Sends each value once, and forgets those that fail. */
export async function producePlainly(client: Client, simulation: Simulation, topics: readonly string[]): Promise<void> {
  const { world, ledger } = simulation
  while (!simulation.isEnding) {
    const target = simulation.target(topics)
    const value = simulation.newValue(client.actor.name)
    const acks = world.pick([-1, -1, 1])
    const { error, baseOffset, topicId } = await write(client, target, value, { acks })
    if (error === 'NONE' && acks === -1 && simulation.isSafe(topicId))
      ledger.acknowledged(topicId, target, baseOffset, value)
    await client.pause(error === 'NONE' ? world.between(0, 150) : world.between(20, 200))
  }
}

/** What says that a broker has lost what it knew of the producer, or never should have heard of it. */
const FORGOTTEN = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
])

/** Sends each value until it is acknowledged: it must be there once. */
export async function produceOnce(client: Client, simulation: Simulation, topics: readonly string[]): Promise<void> {
  const { world } = simulation
  const identity = await idempotentId(client)
  const sequences = new Map<string, number>()
  while (!simulation.isEnding) {
    const target = simulation.target(topics)
    const name = `${target.topic}-${target.partition}`
    const value = simulation.newValue(client.actor.name)
    const baseSequence = sequences.get(name) ?? 0
    sequences.set(name, baseSequence + 1)
    while (!(await isAcknowledged(client, simulation, target, value, { ...identity, baseSequence })))
      await client.pauseABit()
    await client.pause(world.between(0, 150))
  }
}

/**
 * One attempt. A broker that has not heard yet that another leads lacks what that one has acknowledged, and misses
 * numbers, as in Kafka. Java's producer then begins a new epoch and may write twice (KIP-360), so this one asks again.
 * But whoever does lead must have all that was acknowledged.
 */
async function isAcknowledged(
  client: Client,
  simulation: Simulation,
  target: Target,
  value: string,
  batch: BatchOptions,
): Promise<boolean> {
  const before = simulation.leadership(target)
  const { error, topicId, baseOffset, nodeId } = await write(client, target, value, batch)
  if (error === 'NONE') simulation.ledger.acknowledged(topicId, target, baseOffset, value)
  const { leader, leaderEpoch } = simulation.leadership(target)
  const isLeader = nodeId === leader && leaderEpoch === before.leaderEpoch
  if (isLeader && error && FORGOTTEN.has(error))
    throw new Violation(
      `${client.actor.name} gets ${error} for ${value}, its number ${batch.baseSequence} in ${target.topic}-${target.partition}`,
    )
  return error === 'NONE'
}

async function idempotentId(client: Client): Promise<{ producerId: bigint; producerEpoch: number }> {
  for (;;) {
    const answer = await client.ask(client.anyone(), InitProducerId, { transactionalId: null, transactionTimeoutMs: 0 })
    if (answer?.errorCode === 0) return answer
    await client.pauseABit()
  }
}
