import { listOffsets } from '../../lib/client/admin/list-offsets.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import { topicFilter } from '../../lib/client/topic-filter.ts'
import { unlessAborted } from '../../lib/command/unless-aborted.ts'
import { EnvironmentError, isExpected } from '../../lib/errors.ts'
import { write } from '../../lib/output/write.ts'
import { Fetch } from '../../lib/protocol/apis/fetch.ts'
import type { Work } from '../../lib/work/command.ts'
import { compareReplicas, type Copy } from './compare.ts'
import type { VerificationValues } from './options.ts'

/** FetchRequest.DEBUGGING_CONSUMER_ID: any replica answers, up to its high watermark. */
const DEBUGGING_CONSUMER = -2
/** The first version that has the id of a replica in replicaState. */
const STATE_FROM = 15
const FETCH_BYTES = 1 << 20
const MAX_WAIT_MS = 1000
const REPORT_MS = 30_000

interface Verified {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly replicas: readonly number[]
  offset: bigint
}

/** Reads every replica of partitions side by side, and compares, until Ctrl-C (ReplicaVerificationTool). */
export async function verifyReplicas(work: Work<VerificationValues>): Promise<number> {
  const { context, values } = work
  const { signal, clock, stdout } = context
  const say = (line: string): Promise<void> => write(stdout, `${dateOf(clock.now())}: ${line}\n`)
  const partitions = await findPartitions(work)
  await say('verification process is started')
  let reportedAt = clock.now()
  while (!signal.aborted) {
    const copies = await unlessAborted(signal, () => readAll(work, partitions))
    if (!copies) break
    let lag = { most: -1n, of: '', at: -1n }
    for (const each of partitions) {
      const name = partitionName(each)
      const { problems, end, isOver, highWatermark } = compareReplicas(name, each.offset, copies.get(name) ?? [])
      for (const problem of problems) await say(problem)
      if (isOver) return 1
      each.offset = end
      if (highWatermark - end > lag.most) lag = { most: highWatermark - end, of: name, at: end }
    }
    if (clock.now() - reportedAt <= (values.reportIntervalMs ?? REPORT_MS)) continue
    await say(
      `max lag is ${lag.most} for partition ${lag.of} at offset ${lag.at} among ${partitions.length} partitions`,
    )
    reportedAt = clock.now()
  }
  return 0
}

async function findPartitions({ client, values }: Work<VerificationValues>): Promise<Verified[]> {
  const fits = topicFilter(values.topicsInclude ?? '.*')
  const { topics } = await client.metadata(null)
  const places = topics
    .filter(({ name }) => fits(name ?? ''))
    .flatMap(({ name, topicId, partitions }) =>
      partitions.map(({ partitionIndex: partition, replicaNodes }) => {
        return { topic: name ?? '', topicId, partition, replicas: replicaNodes }
      }),
    )
  if (places.length === 0) throw new EnvironmentError('no topics to compare')
  const timestamp = BigInt(values.time ?? -1)
  const found = await listOffsets(
    client,
    places.map(({ topic, partition }) => ({ topic, partition, timestamp })),
  )
  return places.map((place, index) => ({ ...place, offset: found[index]!.offset }))
}

/** What each replica of each partition has from the offset on that all are compared up to. */
async function readAll(work: Work<VerificationValues>, partitions: readonly Verified[]): Promise<Map<string, Copy[]>> {
  const copies = new Map<string, Copy[]>()
  const nodeIds = [...new Set(partitions.flatMap(({ replicas }) => replicas))]
  const ofNodes = nodeIds.map((nodeId) =>
    readOne(
      work,
      nodeId,
      partitions.filter(({ replicas }) => replicas.includes(nodeId)),
    ),
  )
  for (const [name, copy] of (await Promise.all(ofNodes)).flat()) copies.set(name, [...(copies.get(name) ?? []), copy])
  return copies
}

/** A broker that is away has nothing: what it holds is compared when it is back. */
async function readOne(
  { client, values }: Work<VerificationValues>,
  nodeId: number,
  partitions: readonly Verified[],
): Promise<(readonly [name: string, copy: Copy])[]> {
  const nothing = partitions.map(
    (each) => [partitionName(each), { nodeId, highWatermark: 0n, records: Buffer.alloc(0) }] as const,
  )
  try {
    const version = await client.version(Fetch, nodeId)
    const reader =
      version < STATE_FROM ? { replicaId: DEBUGGING_CONSUMER } : { replicaState: { replicaId: DEBUGGING_CONSUMER } }
    const topics = partitions.map(({ topic, topicId, partition, offset }) => {
      const wanted = { partition, fetchOffset: offset, partitionMaxBytes: values.fetchSize ?? FETCH_BYTES }
      return { topic, topicId, partitions: [{ ...wanted, logStartOffset: 0n }] }
    })
    const request = { ...reader, maxWaitMs: values.maxWaitMs ?? MAX_WAIT_MS, minBytes: 1, topics }
    const { responses } = await client.send(Fetch, request, { nodeId })
    const read = new Map(
      responses.flatMap(({ topic, topicId, partitions: answers }) =>
        answers.map(({ partitionIndex, highWatermark, records }) => {
          const name = partitions.find((each) => each.topic === topic || each.topicId === topicId)?.topic ?? ''
          const copy = { nodeId, highWatermark, records: records ?? Buffer.alloc(0) }
          return [partitionName({ topic: name, partition: partitionIndex }), copy] as const
        }),
      ),
    )
    return nothing.map(([name, none]) => [name, read.get(name) ?? none])
  } catch (error) {
    if (isExpected(error)) return nothing
    throw error
  }
}

/** `2026-11-30 05:26:59,004`, in local time. */
function dateOf(ms: number): string {
  const date = new Date(ms)
  const [month, day, hours, minutes, seconds] = [
    date.getMonth() + 1,
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
  ].map((each) => String(each).padStart(2, '0'))
  const millis = String(date.getMilliseconds()).padStart(3, '0')
  return `${date.getFullYear()}-${month}-${day} ${hours}:${minutes}:${seconds},${millis}`
}
