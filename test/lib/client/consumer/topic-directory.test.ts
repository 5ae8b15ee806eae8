import { describe, expect, it } from 'vitest'
import { TopicDirectory, type Topics } from '../../../../src/lib/client/consumer/topic-directory.ts'
import { EnvironmentError, KafkaError } from '../../../../src/lib/errors.ts'
import type { MetadataResponse } from '../../../../src/lib/protocol/apis/metadata.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

type Topic = MetadataResponse['topics'][number]

const topic = (
  name: string,
  error: ErrorName = 'NONE',
  leaders: number[] = error === 'NONE' ? [1] : [],
  leaderEpoch = 0,
): Topic => ({
  errorCode: ERRORS[error],
  name,
  topicId: 'id',
  isInternal: false,
  topicAuthorizedOperations: 0,
  partitions: leaders.map((leaderId, partitionIndex) => ({
    errorCode: 0,
    partitionIndex,
    leaderId,
    leaderEpoch,
    replicaNodes: [],
    isrNodes: [],
    offlineReplicas: [],
  })),
})

function directoryOver(
  answers: (Topic[] | Error)[],
  wanted: Topics = ['t'],
  isIncomplete = () => false,
  waitsForTopics = true,
) {
  const clock = new FakeClock()
  const asked: { topics: Topics; allowAutoTopicCreation: boolean | undefined; atMs: number }[] = []
  const failures: unknown[] = []
  const notices: string[] = []
  const client = {
    async metadata(topics: Topics, options?: { allowAutoTopicCreation?: boolean }) {
      asked.push({
        topics,
        allowAutoTopicCreation: options?.allowAutoTopicCreation,
        atMs: clock.now() - 1_700_000_000_000,
      })
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!
      if (answer instanceof Error) throw answer
      return { topics: answer } as MetadataResponse
    },
  }
  const settings = {
    allowAutoCreateTopics: true,
    metadataMaxAgeMs: 300_000,
    retryBackoffMs: 100,
    retryBackoffMaxMs: 1000,
    waitsForTopics,
  }
  const directory = new TopicDirectory(client, () => wanted, settings, clock, {
    onMetadata: isIncomplete,
    onChange() {},
    onFailure: (error) => failures.push(error),
    onMissing: ({ name, isGone }) => notices.push(`${name}${isGone ? ' is gone' : ''}`),
    hinder: (_, cause) => notices.push(cause),
    free() {},
  })
  /** Lets time pass in steps of 50 ms, pumping as a consumer does. */
  async function pass(ms: number): Promise<number[]> {
    for (let left = ms; ; left -= 50) {
      directory.pump(clock.now())
      await new Promise(setImmediate)
      if (left <= 0) return asked.map(({ atMs }) => atMs)
      clock.advance(50)
    }
  }
  return { directory, asked, failures, notices, clock, pass }
}

describe('metadata of the topics that are read', () => {
  it('is asked for at once, then every metadata.max.age.ms', async () => {
    const { pass, directory, asked } = directoryOver([[topic('t', 'NONE', [1, 2])]])
    expect(await pass(300_050)).toEqual([0, 300_000])
    expect(asked[0]).toMatchObject({ topics: ['t'], allowAutoTopicCreation: true })
    expect(directory.find('t', 1)).toEqual({ topicId: 'id', leaderId: 2, leaderEpoch: 0 })
  })

  it('is asked for soon when somebody wants it', async () => {
    const { pass, directory } = directoryOver([[topic('t')]])
    await pass(0)
    directory.refresh()
    directory.refresh()
    expect(await pass(1000)).toEqual([0, 100])
  })

  it('is asked for ever more slowly while a topic is missing, and said once to be so', async () => {
    const { pass, notices } = directoryOver([[topic('t', 'UNKNOWN_TOPIC_OR_PARTITION')]])
    expect(await pass(4000)).toEqual([0, 100, 300, 700, 1500, 2500, 3500])
    expect(notices).toEqual(['t'])
  })

  it.each([
    ['a topic that is being made', [topic('t', 'LEADER_NOT_AVAILABLE')], () => false],
    ['a partition that nobody leads', [topic('t', 'NONE', [-1])], () => false],
    ['partitions that are wanted and not there', [topic('t')], () => true],
  ])('is asked for again for %s', async (_what, answer, isIncomplete) => {
    expect(await directoryOver([answer], ['t'], isIncomplete).pass(300)).toEqual([0, 100, 300])
  })

  it('comes quickly at first, and more slowly with time, where a pattern may meet new topics', async () => {
    const { pass } = directoryOver([[topic('t')]], null)
    expect(await pass(16_000)).toEqual([0, 1000, 3000, 7000, 15_000])
  })
})

describe('metadata that does not come', () => {
  it('is tried for again from the first time on', async () => {
    const { pass, failures, notices } = directoryOver([new EnvironmentError('nobody there'), [topic('t')]])
    expect(await pass(200)).toEqual([0, 100])
    expect([failures, notices]).toEqual([[], ['nobody there']])
  })

  it('is a failure where no other try can help', async () => {
    const { pass, failures } = directoryOver([new KafkaError('CLUSTER_AUTHORIZATION_FAILED')])
    await pass(0)
    expect(failures).toEqual([new KafkaError('CLUSTER_AUTHORIZATION_FAILED')])
  })

  it('is tried for again later on', async () => {
    const { pass, failures, notices, directory } = directoryOver([
      [topic('t')],
      new EnvironmentError('gone'),
      new KafkaError('NETWORK_EXCEPTION', 'lost'),
      [topic('t')],
    ])
    await pass(0)
    directory.refresh()
    expect(await pass(2000)).toEqual([0, 100, 200, 400])
    expect(failures).toEqual([])
    expect(notices).toEqual(['gone', 'lost'])
  })

  it.each(['INVALID_TOPIC_EXCEPTION', 'TOPIC_AUTHORIZATION_FAILED'] as const)(
    'is a failure for a topic with %s',
    async (code) => {
      const { pass, failures } = directoryOver([[topic('t', code)]])
      await pass(0)
      expect(failures).toMatchObject([{ code, message: expect.stringContaining('"t"') }])
    },
  )

  it('leaves out the topics that may not be read where a pattern picks them', async () => {
    const { pass, failures, directory } = directoryOver(
      [[topic('t'), topic('secret', 'TOPIC_AUTHORIZATION_FAILED')]],
      null,
    )
    await pass(0)
    expect(failures).toEqual([])
    expect([...directory.topics.keys()]).toEqual(['t'])
  })
})
