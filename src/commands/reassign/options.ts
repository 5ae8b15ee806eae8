import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { needOneOf } from '../../lib/command/rules.ts'
import { dryRunOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'

export const options = defineOptions([
  ...optionGroup({ section: 'For a proposal', goesWith: ['generate'] }, [
    {
      name: 'topics-to-move-json-file',
      value: 'FILE',
      about: 'The topics: {"topics": [{"topic": "retail"}], "version": 1}.',
    },
    { name: 'broker-list', value: 'IDS', about: 'The brokers that may have replicas, e.g. 1,2,3.' },
    { name: 'disable-rack-aware', about: 'Ignore racks.' },
  ]),
  {
    name: 'reassignment-json-file',
    goesWith: ['execute', 'verify', 'cancel'],
    value: 'FILE',
    about:
      'The plan: {"version": 1, "partitions": [{"topic": "retail", "partition": 0, "replicas": [1, 2], "log_dirs": ["any", "any"]}]}; log_dirs may be missing.',
  },
  {
    name: 'throttle',
    goesWith: ['execute'],
    type: 'integer',
    value: 'BYTES',
    about: 'Bytes a second between brokers.',
  },
  {
    name: 'replica-alter-log-dirs-throttle',
    goesWith: ['execute'],
    type: 'integer',
    value: 'BYTES',
    about: 'Bytes a second between directories of a broker.',
  },
  { name: 'additional', goesWith: ['execute'], about: 'Though others are under way; also changes the throttle.' },
  {
    name: 'disallow-replication-factor-change',
    goesWith: ['execute'],
    about: 'Refuse to change how many replicas there are.',
  },
  {
    name: 'timeout',
    goesWith: ['execute', 'cancel'],
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    about: 'How long to wait for moves between directories to begin (default 10000).',
  },
  { name: 'preserve-throttles', goesWith: ['verify', 'cancel'], about: 'Leave the throttles alone.' },
  ...dryRunOption(['execute', 'cancel']),
  ...connectionOptions,
  ...optionGroup({ goesWith: ['list', 'cancel'] }, controllerOptions),
])

export type ReassignValues = Values<typeof options>

/** The file that an action reads. */
const FILE = { name: 'FILE', completes: 'files' } as const
export const PLAN = [{ ...FILE, about: 'The plan.', into: 'reassignment-json-file' }] as const
export const TOPICS = [{ ...FILE, about: 'The topics.', into: 'topics-to-move-json-file' }] as const

/** The rules of kafka-reassign-partitions, for one action. Each throws UserError. */
export function checkGenerate({ values, action }: Order<ReassignValues>): void {
  for (const key of ['topicsToMoveJsonFile', 'brokerList'] as const) needOneOf(values, action, [key])
}

export const checkPlanned = ({ values, action }: Order<ReassignValues>): void =>
  needOneOf(values, action, ['reassignmentJsonFile'])

export function checkExecute(order: Order<ReassignValues>): void {
  checkPlanned(order)
  const { throttle = 0, replicaAlterLogDirsThrottle = 0 } = order.values
  if (throttle < 0 || replicaAlterLogDirsThrottle < 0) throw new UserError('a throttle cannot be negative')
}
