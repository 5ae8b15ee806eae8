import { UserError } from '../../lib/errors.ts'
import { topicFilter } from '../../lib/client/topic-filter.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { verificationOptions } from './options.ts'
import { verifyReplicas } from './verify.ts'

export const replicaVerification = defineCommand({
  examples: [
    {
      command: 'kts replica-verification orders --time -2 --report-interval-ms 1000',
      about: 'Compare all copies of a topic from the start on, until Ctrl-C.',
    },
  ],
  options: verificationOptions,
  streams: true,
  helpsWhenBare: true,
  words: [{ name: 'TOPICS', about: 'The topics.', into: 'topics-include', isOptional: true }],
  check({ values: { time, topicsInclude } }) {
    if (time !== undefined && !/^-?\d+$/.test(time)) throw new UserError(`--time ${time} is not a whole number`)
    topicFilter(topicsInclude ?? '.*')
  },
  run: verifyReplicas,
})
