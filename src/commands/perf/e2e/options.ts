import { defineOptions, type Values } from '../../../lib/command/define.ts'
import { connectionOptions } from '../../../lib/config/connection.ts'

const what = 'What to send'

export const options = defineOptions([
  ...connectionOptions,
  {
    name: 'topic',
    short: 't',
    argument: 'required',
    value: 'TOPIC',
    completes: 'topics',
    section: what,
    about: 'The topic to send through; it is created when it is not there.',
  },
  {
    name: 'num-records',
    short: 'n',
    argument: 'required',
    type: 'integer',
    value: 'COUNT',
    section: what,
    about: 'How many records to send, one after the other.',
  },
  {
    name: 'producer-acks',
    argument: 'required',
    value: 'ACKS',
    values: ['1', 'all'],
    section: what,
    about:
      'Who has to have a record before it counts as sent: 1 the leader, all every replica in sync. Under kts all by default.',
  },
  {
    name: 'record-size',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    section: what,
    about: 'The size of each value.',
  },
  {
    name: 'record-key-size',
    argument: 'optional',
    type: 'integer',
    value: 'BYTES',
    section: what,
    about: 'The size of each key. Default 0.',
  },
  {
    name: 'num-headers',
    argument: 'optional',
    type: 'integer',
    value: 'COUNT',
    section: what,
    about: 'How many headers each record has. Default 0.',
  },
  {
    name: 'record-header-key-size',
    argument: 'optional',
    type: 'integer',
    value: 'BYTES',
    section: what,
    about: "The size of each header's name. Default 0.",
  },
  {
    name: 'record-header-size',
    argument: 'optional',
    type: 'integer',
    value: 'BYTES',
    section: what,
    about: "The size of each header's value; -1 for null. Default 0.",
  },
])

export type PerfE2eValues = Values<typeof options>
