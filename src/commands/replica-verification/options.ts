import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { brokerListOptions, connectionOptions } from '../../lib/config/connection.ts'

export const verificationOptions = defineOptions([
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

export type VerificationValues = Values<typeof verificationOptions>
