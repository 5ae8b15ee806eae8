import { expect, test } from 'vitest'
import { topicRequests } from '../../../../src/lib/broker/lifecycle/topic-requests.ts'
import type { ControllerChannel } from '../../../../src/lib/broker/network/controller-channel.ts'
import { parseBrokerConfig } from '../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { settle } from '../log/support.ts'

const { config } = parseBrokerConfig(new Map([['log.dirs', '/data']]))
const AWAY = new EnvironmentError('no active controller answers at localhost:9093')
const REFUSED = { errorCode: ERRORS.INVALID_REPLICATION_FACTOR, errorMessage: 'there is 1 broker' }
const MADE = { errorCode: ERRORS.NONE, errorMessage: null }

test('what stands against a topic is said once, however often clients ask, and again after it was over', async () => {
  let answer: typeof REFUSED | typeof MADE | null = null
  const lines: string[] = []
  const channel: ControllerChannel = {
    ask: () => (answer ? Promise.resolve({ topics: [answer] } as never) : Promise.reject(AWAY)),
  }
  const create = topicRequests(channel, config, (line) => lines.push(line))
  const askFor = async (name: string): Promise<void> => {
    expect(() =>
      create({ name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: new Map() }),
    ).toThrow('UNKNOWN_TOPIC_OR_PARTITION')
    await settle()
  }
  for (const name of ['one', 'two', 'one']) await askFor(name)
  answer = REFUSED
  for (const name of ['one', 'two', 'one', 'two']) await askFor(name)
  answer = null
  await askFor('one')
  answer = MADE
  await askFor('one')
  answer = REFUSED
  await askFor('one')
  const away = `topic one cannot be made: ${AWAY.message}`
  const refused = (name: string): string => `topic ${name} cannot be made: there is 1 broker`
  expect(lines).toEqual([away, refused('one'), refused('two'), away, refused('one')])
})
