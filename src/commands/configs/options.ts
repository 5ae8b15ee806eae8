import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions, zookeeperOptions } from '../../lib/config/connection.ts'
import { settingNames, settingsToFill } from '../../lib/config/setting-names.ts'
import { BY_NAME, DEFAULTS, KINDS, type Kind } from './kinds.ts'

const SHOWING = ['list', 'describe']
const CHANGING = ['set', 'delete', 'alter']

/** For the completion of --entity-name: what its --entity-type is called by. */
const namesOf = ({ entityType = [] }: { readonly entityType?: readonly Kind[] }): 'topics' | 'groups' | undefined =>
  [...entityType].reverse().find((kind) => kind === 'topics' || kind === 'groups')

type Typed = Readonly<Record<string, never>>

/** For the completion of settings: what an option that was typed names. */
const typedKind = (values: Typed & { readonly entityType?: readonly Kind[] }): Kind | undefined =>
  values.entityType?.[0] ??
  BY_NAME.find(([option]) => values[option] !== undefined)?.[1] ??
  DEFAULTS.find(([option]) => values[option])?.[1]

export const toFill = (values: Typed): readonly string[] => settingsToFill(typedKind(values) ?? 'topics')
export const toDelete = (values: Typed): readonly string[] => settingNames(typedKind(values) ?? 'topics')

/** A topic, or a setting where an option says whose settings are meant. */
export const topicOr = (settings: (values: Typed) => readonly string[]) => (values: Typed) =>
  typedKind(values) === undefined ? 'topics' : settings(values)

export const options = defineOptions([
  ...optionGroup({ section: 'Whose settings' }, [
    { name: 'topic', short: 't', value: 'TOPIC', completes: 'topics', about: 'A topic.' },
    { name: 'broker', value: 'ID', about: 'A broker, by its number.' },
    { name: 'broker-defaults', about: 'What holds for all brokers.' },
    { name: 'broker-logger', value: 'ID', about: 'The log levels of a broker.' },
    {
      name: 'client',
      value: 'CLIENT-ID',
      about: "The quotas of a client id; together with --user of that user's client.",
    },
    { name: 'client-defaults', about: 'The quotas of client ids that have none of their own.' },
    { name: 'user', value: 'USER', about: 'The quotas and SCRAM credentials of a user.' },
    { name: 'user-defaults', about: 'The quotas of users who have none of their own.' },
    { name: 'ip', value: 'ADDRESS', about: 'The connection quota of an address.' },
    { name: 'ip-defaults', about: 'The connection quota of addresses that have none of their own.' },
    { name: 'group', short: 'g', value: 'GROUP', completes: 'groups', about: 'A group.' },
    { name: 'client-metrics', value: 'NAME', about: 'A subscription to metrics of clients.' },
    {
      name: 'entity-type',
      repeatable: true,
      value: 'TYPE',
      values: KINDS,
      about: 'The long form of the options above. When they are shown and there is no name, all of that type.',
    },
    {
      name: 'entity-name',
      repeatable: true,
      value: 'NAME',
      completes: namesOf,
      about: 'The name that goes with an --entity-type, in the same order.',
    },
    {
      name: 'entity-default',
      standsFor: { option: 'entity-name', value: '' },
      about: 'In place of an --entity-name: the default of that type.',
    },
  ]),
  {
    name: 'all',
    goesWith: SHOWING,
    isFreeUnderApache: true,
    section: 'Describing',
    about: 'Everything that holds, defaults and the properties of the broker too.',
  },
  ...optionGroup({ section: 'Changes' }, [
    {
      name: 'add-config',
      goesWith: ['set', 'alter'],
      completes: toFill,
      value: 'NAME=VALUE,…',
      about:
        'Settings to add or change. A value with commas stands in brackets: cleanup.policy=[compact,delete], SCRAM-SHA-256=[iterations=8192,password=secret]. Under kts 7d and 10MiB are values too.',
      ktsAbout:
        'Settings to add or change, lengths of time and sizes as 7d and 10MiB too. A value with commas stands in brackets: cleanup.policy=[compact,delete], SCRAM-SHA-256=[iterations=8192,password=secret].',
    },
    {
      name: 'add-config-file',
      goesWith: ['set', 'alter'],
      isFreeUnderApache: true,
      value: 'FILE',
      about: 'The same, from a properties file.',
    },
    {
      name: 'delete-config',
      goesWith: ['delete', 'alter'],
      completes: toDelete,
      repeatable: true,
      value: 'NAME,…',
      about: 'Settings to take away.',
    },
  ]),
  ...dryRunOption(CHANGING),
  ...yesOption(CHANGING),
  ...connectionOptions,
  ...controllerOptions,
  ...zookeeperOptions,
])

export type ConfigsValues = Values<typeof options>
