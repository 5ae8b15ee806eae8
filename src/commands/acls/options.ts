import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'

const CHANGES = ['add', 'remove']

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
  { name: 'force', section: 'Safety', about: 'Remove without a question, as --yes.' },
  ...optionGroup({ section: 'Resources' }, [
    {
      name: 'topic',
      short: 't',
      repeatable: true,
      value: 'TOPIC',
      completes: 'topics',
      about: 'A topic, or * for all.',
    },
    {
      name: 'group',
      short: 'g',
      repeatable: true,
      value: 'GROUP',
      completes: 'groups',
      about: 'A group, or * for all.',
    },
    { name: 'cluster', about: 'The cluster itself.' },
    { name: 'transactional-id', repeatable: true, value: 'ID', about: 'A transactional id, or * for all.' },
    { name: 'delegation-token', repeatable: true, value: 'ID', about: 'A delegation token, or * for all.' },
    {
      name: 'user-principal',
      repeatable: true,
      value: 'TYPE:NAME',
      about: 'A user, whose tokens somebody may create or see.',
    },
    {
      name: 'resource-pattern-type',
      value: 'TYPE',
      values: ['literal', 'prefixed', 'any', 'match'],
      ignoresCase: true,
      about:
        'literal (the default) or prefixed; for list and remove also any (with just this name) or match (whatever applies to it).',
    },
  ]),
  ...optionGroup({ section: 'Who may do what' }, [
    {
      name: 'allow-principal',
      goesWith: CHANGES,
      repeatable: true,
      value: 'TYPE:NAME',
      about: 'Who may, e.g. User:alice; User:* is everybody.',
    },
    {
      name: 'deny-principal',
      goesWith: CHANGES,
      repeatable: true,
      value: 'TYPE:NAME',
      about: 'Who may not, whatever else allows it.',
    },
    {
      name: 'allow-host',
      goesWith: CHANGES,
      repeatable: true,
      value: 'ADDRESS',
      about: 'From where --allow-principal may; from everywhere by default.',
    },
    {
      name: 'deny-host',
      goesWith: CHANGES,
      repeatable: true,
      value: 'ADDRESS',
      about: 'From where --deny-principal may not; from nowhere by default.',
    },
    {
      name: 'operation',
      repeatable: true,
      value: 'OPERATION',
      values: OPERATIONS,
      ignoresCase: true,
      about: 'What they may do, or not; All by default.',
    },
    {
      name: 'producer',
      goesWith: CHANGES,
      about:
        'What a producer needs on its topics: Write, Describe and Create; Write and Describe on its transactional ids.',
    },
    { name: 'idempotent', about: 'With --producer: IdempotentWrite on the cluster too.' },
    {
      name: 'consumer',
      goesWith: CHANGES,
      about: 'What a consumer needs: Read and Describe on its topics, Read on its groups.',
    },
    {
      name: 'principal',
      goesWith: ['list'],
      argument: 'optional',
      repeatable: true,
      value: 'TYPE:NAME',
      about: 'Only the ACLs of this principal.',
    },
  ]),
  ...dryRunOption(CHANGES),
  ...yesOption(['remove']),
  ...connectionOptions,
  ...controllerOptions,
])

export type AclsValues = Values<typeof options>
