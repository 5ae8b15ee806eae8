import { defineOptions, type Values } from '../../lib/command/define.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'

const CHANGES = ['add', 'remove']
const resource = 'Resources'
const who = 'Who may do what'

const OPERATIONS = [
  'All',
  'Read',
  'Write',
  'Create',
  'Delete',
  'Alter',
  'Describe',
  'ClusterAction',
  'DescribeConfigs',
  'AlterConfigs',
  'IdempotentWrite',
  'CreateTokens',
  'DescribeTokens',
  'TwoPhaseCommit',
] as const

export const options = defineOptions([
  { name: 'force', argument: 'none', section: 'Safety', about: 'Remove without a question, as --yes.' },

  {
    name: 'topic',
    short: 't',
    argument: 'required',
    repeatable: true,
    value: 'TOPIC',
    completes: 'topics',
    section: resource,
    about: 'A topic, or * for all.',
  },
  {
    name: 'group',
    short: 'g',
    argument: 'required',
    repeatable: true,
    value: 'GROUP',
    completes: 'groups',
    section: resource,
    about: 'A group, or * for all.',
  },
  { name: 'cluster', argument: 'none', section: resource, about: 'The cluster itself.' },
  {
    name: 'transactional-id',
    argument: 'required',
    repeatable: true,
    value: 'ID',
    section: resource,
    about: 'A transactional id, or * for all.',
  },
  {
    name: 'delegation-token',
    argument: 'required',
    repeatable: true,
    value: 'ID',
    section: resource,
    about: 'A delegation token, or * for all.',
  },
  {
    name: 'user-principal',
    argument: 'required',
    repeatable: true,
    value: 'TYPE:NAME',
    section: resource,
    about: 'A user, whose tokens somebody may create or see.',
  },
  {
    name: 'resource-pattern-type',
    argument: 'required',
    value: 'TYPE',
    values: ['literal', 'prefixed', 'any', 'match'],
    ignoresCase: true,
    section: resource,
    about:
      'literal (the default) or prefixed; for list and remove also any (with just this name) or match (whatever applies to it).',
  },

  {
    name: 'allow-principal',
    goesWith: CHANGES,
    argument: 'required',
    repeatable: true,
    value: 'TYPE:NAME',
    section: who,
    about: 'Who may, e.g. User:alice; User:* is everybody.',
  },
  {
    name: 'deny-principal',
    goesWith: CHANGES,
    argument: 'required',
    repeatable: true,
    value: 'TYPE:NAME',
    section: who,
    about: 'Who may not, whatever else allows it.',
  },
  {
    name: 'allow-host',
    goesWith: CHANGES,
    argument: 'required',
    repeatable: true,
    value: 'ADDRESS',
    section: who,
    about: 'From where --allow-principal may; from everywhere by default.',
  },
  {
    name: 'deny-host',
    goesWith: CHANGES,
    argument: 'required',
    repeatable: true,
    value: 'ADDRESS',
    section: who,
    about: 'From where --deny-principal may not; from nowhere by default.',
  },
  {
    name: 'operation',
    argument: 'required',
    repeatable: true,
    value: 'OPERATION',
    values: OPERATIONS,
    ignoresCase: true,
    section: who,
    about: 'What they may do, or not; All by default.',
  },
  {
    name: 'producer',
    goesWith: CHANGES,
    argument: 'none',
    section: who,
    about:
      'What a producer needs on its topics: Write, Describe and Create; Write and Describe on its transactional ids.',
  },
  { name: 'idempotent', argument: 'none', section: who, about: 'With --producer: IdempotentWrite on the cluster too.' },
  {
    name: 'consumer',
    goesWith: CHANGES,
    argument: 'none',
    section: who,
    about: 'What a consumer needs: Read and Describe on its topics, Read on its groups.',
  },
  {
    name: 'principal',
    goesWith: ['list'],
    argument: 'optional',
    repeatable: true,
    value: 'TYPE:NAME',
    section: who,
    about: 'Only the ACLs of this principal.',
  },
  ...dryRunOption(CHANGES),
  ...yesOption(['remove']),
  ...connectionOptions,
  ...controllerOptions,
])

export type AclsValues = Values<typeof options>
