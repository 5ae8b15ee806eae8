import { brokerListOptions, connectionOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { topicFilter } from '../../lib/client/topic-filter.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { verifyReplicas } from './verify.ts'

const options = defineOptions([
  ...optionGroup({ section: 'What to compare' }, [
    {
      name: 'topics-include',
      value: 'REGEX',
      completes: 'topics',
      about: 'The topics, as a regular expression for whole names. All by default.',
    },
    {
      name: 'time',
      value: 'TIME',
      about: 'Where to begin: -1 at the end (the default), -2 at the start, or a timestamp.',
    },
    { name: 'fetch-size', type: 'integer', value: 'BYTES', about: 'How much to read of a partition at once (1 MiB).' },
    { name: 'max-wait-ms', type: 'integer', unit: 'ms', value: 'MS', about: 'How long to wait for new records (1 s).' },
    { name: 'report-interval-ms', type: 'integer', unit: 'ms', value: 'MS', about: 'How often to report (30 s).' },
  ]),
  ...connectionOptions,
  ...brokerListOptions,
])

export type VerificationValues = Values<typeof options>

export const replicaVerification = defineCommand({
  examples: [
    {
      command: 'kts replica-verification orders --time -2 --report-interval-ms 1000',
      about: 'Compare all copies of a topic from the start on, until Ctrl-C.',
    },
  ],
  options,
  streams: true,
  helpsWhenBare: true,
  words: [{ name: 'TOPICS', about: 'The topics.', into: 'topics-include', isOptional: true }],
  check({ values: { time, topicsInclude } }) {
    if (time !== undefined && !/^-?\d+$/.test(time)) throw new UserError(`--time ${time} is not a whole number`)
    topicFilter(topicsInclude ?? '.*')
  },
  run: verifyReplicas,
})
