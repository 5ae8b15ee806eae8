import { defineOptions, type Values } from '../../lib/command/define.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions, zookeeperOptions } from '../../lib/config/connection.ts'
import { KINDS, type Kind } from './kinds.ts'

const actions = 'Actions'
const selection = 'Whose settings'
const changes = 'Changes'

/** For the completion of --entity-name: what its --entity-type is called by. */
const namesOf = ({ entityType = [] }: { readonly entityType?: readonly Kind[] }): 'topics' | 'groups' | undefined =>
  [...entityType].reverse().find((kind) => kind === 'topics' || kind === 'groups')

export const options = defineOptions([
  { name: 'describe', argument: 'none', section: actions, about: 'Show what is set.' },
  { name: 'alter', argument: 'none', section: actions, about: 'Change settings.' },
  {
    name: 'topic',
    short: 't',
    argument: 'required',
    value: 'TOPIC',
    completes: 'topics',
    section: selection,
    about: 'A topic.',
  },
  { name: 'broker', argument: 'required', value: 'ID', section: selection, about: 'A broker, by its number.' },
  { name: 'broker-defaults', argument: 'none', section: selection, about: 'What holds for all brokers.' },
  {
    name: 'broker-logger',
    argument: 'required',
    value: 'ID',
    section: selection,
    about: 'The log levels of a broker.',
  },
  {
    name: 'client',
    argument: 'required',
    value: 'CLIENT-ID',
    section: selection,
    about: "The quotas of a client id; together with --user of that user's client.",
  },
  {
    name: 'client-defaults',
    argument: 'none',
    section: selection,
    about: 'The quotas of client ids that have none of their own.',
  },
  {
    name: 'user',
    argument: 'required',
    value: 'USER',
    section: selection,
    about: 'The quotas and SCRAM credentials of a user.',
  },
  {
    name: 'user-defaults',
    argument: 'none',
    section: selection,
    about: 'The quotas of users who have none of their own.',
  },
  {
    name: 'ip',
    argument: 'required',
    value: 'ADDRESS',
    section: selection,
    about: 'The connection quota of an address.',
  },
  {
    name: 'ip-defaults',
    argument: 'none',
    section: selection,
    about: 'The connection quota of addresses that have none of their own.',
  },
  {
    name: 'group',
    short: 'g',
    argument: 'required',
    value: 'GROUP',
    completes: 'groups',
    section: selection,
    about: 'A group.',
  },
  {
    name: 'client-metrics',
    argument: 'required',
    value: 'NAME',
    section: selection,
    about: 'A subscription to metrics of clients.',
  },
  {
    name: 'entity-type',
    argument: 'required',
    repeatable: true,
    value: 'TYPE',
    values: KINDS,
    section: selection,
    about: 'The long form of the options above. With --describe and no name all of that type.',
  },
  {
    name: 'entity-name',
    argument: 'required',
    repeatable: true,
    value: 'NAME',
    completes: namesOf,
    section: selection,
    about: 'The name that goes with an --entity-type, in the same order.',
  },
  {
    name: 'entity-default',
    argument: 'none',
    standsFor: { option: 'entity-name', value: '' },
    section: selection,
    about: 'In place of an --entity-name: the default of that type.',
  },
  {
    name: 'all',
    argument: 'none',
    section: 'Describing',
    about: 'Everything that holds, defaults and the properties of the broker too.',
  },
  {
    name: 'add-config',
    argument: 'required',
    value: 'NAME=VALUE,…',
    section: changes,
    about:
      'Settings to add or change. A value with commas stands in brackets: cleanup.policy=[compact,delete], SCRAM-SHA-256=[iterations=8192,password=secret].',
  },
  {
    name: 'add-config-file',
    argument: 'required',
    value: 'FILE',
    section: changes,
    about: 'The same, from a properties file.',
  },
  {
    name: 'delete-config',
    argument: 'required',
    repeatable: true,
    value: 'NAME,…',
    section: changes,
    about: 'Settings to take away.',
  },
  ...dryRunOption(),
  ...yesOption(),
  ...connectionOptions,
  ...controllerOptions,
  ...zookeeperOptions,
])

export type ConfigsValues = Values<typeof options>
