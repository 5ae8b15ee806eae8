import { GROUP_STATES, GROUP_TYPES } from '../../lib/client/admin/list-groups.ts'
import { defineOptions, limited, type Values } from '../../lib/command/define.ts'
import { yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, zookeeperOptions } from '../../lib/config/connection.ts'
import { MOMENTS } from '../../lib/config/moment.ts'
import { DURATIONS } from '../../lib/duration.ts'
import { kindOptions } from './kinds.ts'

const actions = 'Actions'
const selection = 'Choosing groups and topics'
const describing = 'Listing and describing'
const resetting = 'Resetting: to where'
const applying = 'Safety'

export const options = defineOptions([
  {
    name: 'validate-regex',
    argument: 'required',
    mayBeEmpty: true,
    value: 'REGEX',
    section: actions,
    about: "Say whether brokers take this as a subscription: it has to be of RE2's syntax.",
  },
  {
    name: 'group',
    goesWith: ['describe', 'delete', 'resetOffsets', 'undo', 'deleteOffsets'],
    short: 'g',
    argument: 'required',
    value: 'GROUP',
    completes: 'groups',
    repeatable: true,
    section: selection,
    about: 'The group.',
  },
  {
    name: 'all-groups',
    goesWith: ['describe', 'delete', 'resetOffsets'],
    isFreeUnderApache: true,
    argument: 'none',
    section: selection,
    about: 'All groups; what changes something takes all consumer groups.',
  },
  {
    name: 'topic',
    goesWith: ['resetOffsets', 'deleteOffsets'],
    short: 't',
    argument: 'required',
    value: 'TOPIC[:PARTITIONS]',
    completes: 'topics',
    repeatable: true,
    section: selection,
    about: 'Offsets of this topic, or of some of its partitions: retail, retail:0,2.',
  },
  {
    name: 'all-topics',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'none',
    section: selection,
    about: 'Offsets of every topic that the group has committed for.',
  },
  {
    name: 'new-group',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'none',
    section: selection,
    only: 'kts',
    about: 'Reset a group that does not exist yet, too: it will begin where it is told.',
  },
  {
    name: 'state',
    goesWith: ['list', 'describe'],
    argument: 'optional',
    value: 'STATES',
    completes: GROUP_STATES,
    isList: true,
    section: describing,
    about: 'With --list: show states, or only groups in these (commas between them). With --describe: show the state.',
  },
  {
    name: 'type',
    goesWith: ['list'],
    argument: 'optional',
    value: 'TYPES',
    completes: GROUP_TYPES,
    isList: true,
    section: describing,
    about: 'With --list: show types, or only groups of these: classic, consumer; under kts share and streams too.',
  },
  {
    name: 'offsets',
    goesWith: ['describe'],
    argument: 'none',
    section: describing,
    about: 'Describe how far the group has read; so it is by default.',
  },
  {
    name: 'members',
    goesWith: ['describe'],
    argument: 'none',
    section: describing,
    about: 'Describe the members, and what they are assigned.',
  },
  {
    name: 'verbose',
    goesWith: ['describe'],
    argument: 'none',
    section: describing,
    about: 'Describe more: epochs, assignments.',
  },
  {
    name: 'watch',
    goesWith: ['describe'],
    isFreeUnderApache: true,
    argument: 'optional',
    type: 'integer',
    unit: 's',
    value: 'SECONDS',
    section: describing,
    only: 'kts',
    about:
      'Describe offsets again every 2 seconds, or as many as given, with rates and the time to catch up, until Ctrl-C.',
  },
  ...limited(kindOptions, { goesWith: ['list'], only: 'kts' }),
  {
    name: 'to-earliest',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'none',
    section: resetting,
    about: 'To the oldest record.',
  },
  {
    name: 'to-latest',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'none',
    section: resetting,
    about: 'To the end.',
  },
  {
    name: 'to-current',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'none',
    section: resetting,
    about: 'To where it is; to the end where nothing is committed.',
  },
  {
    name: 'to-offset',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'required',
    value: 'OFFSET',
    section: resetting,
    about: 'To this offset.',
  },
  {
    name: 'shift-by',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'required',
    value: 'COUNT',
    section: resetting,
    about: 'By so many records, back when negative.',
  },
  {
    name: 'to-datetime',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'required',
    value: 'TIME',
    section: resetting,
    completes: ['today', 'yesterday', '-1h'],
    about: `To the first record of this time or later: ${MOMENTS}. Under Apache's name 2026-01-31T12:00:00.000, in UTC unless a zone (Z, +01:00) says otherwise.`,
  },
  {
    name: 'by-duration',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'required',
    value: 'DURATION',
    section: resetting,
    about: `To the first record that is not older: ${DURATIONS}.`,
  },
  {
    name: 'from-file',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'required',
    value: 'FILE',
    section: resetting,
    about: 'To what a CSV file says, topic,partition,offset a line; group,topic,partition,offset for several groups.',
  },
  {
    name: 'dry-run',
    goesWith: ['delete', 'deleteOffsets', 'resetOffsets', 'undo'],
    isFreeUnderApache: true,
    argument: 'none',
    section: applying,
    about: 'Say what would be done, and do nothing.',
  },
  {
    name: 'execute',
    goesWith: ['resetOffsets', 'undo'],
    isFreeUnderApache: true,
    argument: 'none',
    section: applying,
    about: 'Reset. Without this and --dry-run the plan is shown, and at a terminal kts asks.',
  },
  {
    name: 'export',
    goesWith: ['resetOffsets'],
    isFreeUnderApache: true,
    argument: 'none',
    section: applying,
    about: 'Show the plan of a reset as CSV that --from-file takes.',
  },
  ...yesOption(['delete', 'deleteOffsets', 'resetOffsets', 'undo']),
  {
    name: 'timeout',
    argument: 'required',
    value: 'MS',
    about: 'How long to wait for brokers, and for a group to settle; 5000 by default.',
    section: 'Connection',
  },
  ...connectionOptions,
  ...zookeeperOptions,
])

/** What the words of an action name; --all-groups and a file may stand in for them. */
export const GROUPS = [
  { name: 'GROUP', about: 'The groups.', into: 'group', isRepeatable: true, isOptional: true },
] as const

export type GroupsValues = Values<typeof options>
