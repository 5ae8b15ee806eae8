import { defineOptions, type Values } from '../../lib/command/define.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'

export const options = defineOptions([
  {
    name: 'describe',
    goesWith: ['describe'],
    only: 'kts',
    about: 'Show the brokers, the controller, racks and releases; what is done when nothing else is asked for.',
  },
  {
    name: 'id',
    goesWith: ['unregister'],
    short: 'i',
    type: 'integer',
    value: 'ID',
    about: 'With unregister: the broker that is gone for good.',
  },
  {
    name: 'include-fenced-brokers',
    goesWith: ['listEndpoints'],
    about: 'With endpoints (list-endpoints): also brokers that the controller keeps away from clients.',
  },
  ...dryRunOption(['unregister']),
  ...yesOption(['unregister']),
  ...connectionOptions,
  ...controllerOptions,
  { name: 'config', value: 'FILE', deprecatedFor: 'command-config', about: 'The old name of --command-config.' },
])

export type ClusterValues = Values<typeof options>
