import { GROUP_STATES, GROUP_TYPES } from '../../lib/client/admin/list-groups.ts'
import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, zookeeperOptions } from '../../lib/config/connection.ts'
import { MOMENTS } from '../../lib/config/moment.ts'
import { DURATIONS } from '../../lib/duration.ts'
import { kindOptions } from './kinds.ts'

export const options = defineOptions([
  {
    name: 'validate-regex',
    mayBeEmpty: true,
    value: 'REGEX',
    section: 'Actions',
    about: "Say whether brokers take this as a subscription: it has to be of RE2's syntax.",
  },
  ...optionGroup({ section: 'Choosing groups and topics' }, [
    {
      name: 'group',
      goesWith: ['describe', 'delete', 'resetOffsets', 'undo', 'deleteOffsets'],
      short: 'g',
      value: 'GROUP',
      completes: 'groups',
      repeatable: true,
      about: 'The group.',
    },
    {
      name: 'all-groups',
      goesWith: ['describe', 'delete', 'resetOffsets'],
      isFreeUnderApache: true,
      about: 'All groups; what changes something takes all consumer groups.',
    },
    {
      name: 'topic',
      goesWith: ['resetOffsets', 'deleteOffsets'],
      short: 't',
      value: 'TOPIC[:PARTITIONS]',
      completes: 'topics',
      repeatable: true,
      about: 'Offsets of this topic, or of some of its partitions: retail, retail:0,2.',
    },
    {
      name: 'all-topics',
      goesWith: ['resetOffsets'],
      isFreeUnderApache: true,
      about: 'Offsets of every topic that the group has committed for.',
    },
    {
      name: 'new-group',
      goesWith: ['resetOffsets'],
      isFreeUnderApache: true,
      only: 'kts',
      about: 'Reset a group that does not exist yet, too: it will begin where it is told.',
    },
  ]),
  ...optionGroup({ section: 'Listing and describing' }, [
    {
      name: 'state',
      goesWith: ['list', 'describe'],
      argument: 'optional',
      value: 'STATES',
      completes: GROUP_STATES,
      isList: true,
      about:
        'With --list: show states, or only groups in these (commas between them). With --describe: show the state.',
      ktsAbout: 'With list: show states, or only groups in these (commas between them). With describe: show the state.',
    },
    {
      name: 'type',
      goesWith: ['list'],
      argument: 'optional',
      value: 'TYPES',
      completes: GROUP_TYPES,
      isList: true,
      about: 'With --list: show types, or only groups of these: classic, consumer; under kts share and streams too.',
      ktsAbout: 'With list: show types, or only groups of these: classic, consumer, share, streams.',
    },
    { name: 'offsets', goesWith: ['describe'], about: 'Describe how far the group has read; so it is by default.' },
    { name: 'members', goesWith: ['describe'], about: 'Describe the members, and what they are assigned.' },
    { name: 'verbose', goesWith: ['describe'], about: 'Describe more: epochs, assignments.' },
    {
      name: 'watch',
      goesWith: ['describe'],
      isFreeUnderApache: true,
      argument: 'optional',
      type: 'integer',
      unit: 's',
      value: 'SECONDS',
      only: 'kts',
      about:
        'Describe offsets again every 2 seconds, or as many as given, with rates and the time to catch up, until Ctrl-C.',
    },
  ]),
  ...optionGroup({ goesWith: ['list'], only: 'kts' }, kindOptions),
  ...optionGroup({ section: 'Resetting: to where', goesWith: ['resetOffsets'], isFreeUnderApache: true }, [
    { name: 'to-earliest', about: 'To the oldest record.' },
    { name: 'to-latest', about: 'To the end.' },
    { name: 'to-current', about: 'To where it is; to the end where nothing is committed.' },
    { name: 'to-offset', value: 'OFFSET', about: 'To this offset.' },
    { name: 'shift-by', value: 'COUNT', about: 'By so many records, back when negative.' },
    {
      name: 'to-datetime',
      value: 'TIME',
      completes: ['today', 'yesterday', '-1h'],
      about: `To the first record of this time or later: ${MOMENTS}. Under Apache's name 2026-01-31T12:00:00.000, in UTC unless a zone (Z, +01:00) says otherwise.`,
      ktsAbout: `To the first record of this time or later: ${MOMENTS}.`,
    },
    { name: 'by-duration', value: 'DURATION', about: `To the first record that is not older: ${DURATIONS}.` },
    {
      name: 'from-file',
      value: 'FILE',
      about: 'To what a CSV file says, topic,partition,offset a line; group,topic,partition,offset for several groups.',
    },
  ]),
  ...optionGroup({ section: 'Safety', isFreeUnderApache: true }, [
    {
      name: 'dry-run',
      goesWith: ['delete', 'deleteOffsets', 'resetOffsets', 'undo'],
      about: 'Say what would be done, and do nothing.',
    },
    {
      name: 'execute',
      goesWith: ['resetOffsets', 'undo'],
      about: 'Reset. Without this and --dry-run the plan is shown, and at a terminal kts asks.',
    },
    { name: 'export', goesWith: ['resetOffsets'], about: 'Show the plan of a reset as CSV that --from-file takes.' },
  ]),
  ...yesOption(['delete', 'deleteOffsets', 'resetOffsets', 'undo']),
  {
    name: 'timeout',
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
