import type { RequestInput } from '../../protocol/api.ts'
import type { Produce, ProduceResponse } from '../../protocol/apis/produce.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'
import type { Batch, PartitionTopic } from './partition.ts'
import type { ProducerSettings } from './settings.ts'

/** What the broker said about one batch. */
export interface Answer {
  /** Name of the error, NONE for success. */
  readonly error: ErrorName
  readonly message: string | null
  /** Position in the batch of each record that was found invalid, and what is wrong with it. */
  readonly invalid: ReadonlyMap<number, string | null>
  /** Who leads the partition now, when the broker that was asked does not (KIP-951). */
  readonly leaderId: number
  readonly leaderEpoch: number
  /** The broker did not answer; it may have stored the batch, and a socket may still hold it. */
  readonly isLost: boolean
  /** For how long the broker will be silent, since we are above a quota (KIP-219). */
  readonly throttleTimeMs: number
}

export function answer(error: ErrorName, more: Partial<Answer> = {}): Answer {
  return {
    error,
    message: null,
    invalid: new Map(),
    leaderId: -1,
    leaderEpoch: -1,
    isLost: false,
    throttleTimeMs: 0,
    ...more,
  }
}

/** The bytes of a batch; a promise of them where they are compressed. */
export function finishBatch(
  batch: Batch,
  { codec, level, transactionalId }: ProducerSettings,
): Buffer | Promise<Buffer> {
  return batch.finish({
    codec,
    ...(level !== undefined && { level }),
    ...batch.signature,
    isTransactional: transactionalId !== null,
  })
}

/** One request for finished batches of different partitions. Topics go by name or by id, whichever the version has. */
export function produceRequest(
  batches: readonly Batch[],
  finished: readonly Buffer[],
  settings: ProducerSettings,
): RequestInput<typeof Produce> {
  const { acks, requestTimeoutMs: timeoutMs, transactionalId } = settings
  const byTopic = new Map<PartitionTopic, { index: number; records: Buffer }[]>()
  for (const [
    at,
    {
      partition: { topic, index },
    },
  ] of batches.entries()) {
    const data = { index, records: finished[at]! }
    if (!byTopic.get(topic)?.push(data)) byTopic.set(topic, [data])
  }
  const topicData = [...byTopic].map(([{ name, id }, partitionData]) => ({ name, topicId: id, partitionData }))
  return { transactionalId, acks, timeoutMs, topicData }
}

/** Finds the answer to each batch of a request. */
export function readAnswers(response: ProduceResponse): (batch: Batch) => Answer {
  const answers = new Map<string, Answer>()
  for (const { name, topicId, partitionResponses } of response.responses) {
    for (const { index, errorCode, errorMessage, recordErrors, currentLeader } of partitionResponses) {
      answers.set(
        `${name || topicId}/${index}`,
        answer(errorName(errorCode), {
          message: errorMessage,
          invalid: new Map(recordErrors.map((record) => [record.batchIndex, record.batchIndexErrorMessage])),
          leaderId: currentLeader.leaderId,
          leaderEpoch: currentLeader.leaderEpoch,
          throttleTimeMs: response.throttleTimeMs,
        }),
      )
    }
  }
  return ({ partition: { topic, index } }) =>
    answers.get(`${topic.name}/${index}`) ??
    answers.get(`${topic.id}/${index}`) ??
    answer('UNKNOWN_SERVER_ERROR', { message: 'the broker did not say what became of it' })
}
