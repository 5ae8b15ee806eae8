import { defineOptions, type Values } from '../../lib/command/define.ts'
import { forbidTogether } from '../../lib/command/rules.ts'
import { yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'

export const options = defineOptions([
  {
    name: 'status',
    goesWith: ['describe'],
    about: 'With describe: who leads, who votes, and how far they are. Under kts it is what is shown anyway.',
    ktsAbout: 'With describe: who leads, who votes, and how far they are; shown anyway.',
  },
  {
    name: 'replication',
    goesWith: ['describe'],
    about: 'With describe: how far each controller and broker has read the metadata.',
  },
  {
    name: 'human-readable',
    goesWith: ['describe'],
    about: 'With --replication: how long ago, in place of timestamps.',
  },
  {
    name: 'controller-id',
    goesWith: ['removeController'],
    short: 'i',
    type: 'integer',
    value: 'ID',
    about: 'With remove-controller: the controller.',
  },
  {
    name: 'controller-directory-id',
    goesWith: ['removeController'],
    short: 'd',
    value: 'UUID',
    about: 'With remove-controller: the directory.id of its metadata, as --replication shows it.',
  },
  {
    name: 'dry-run',
    goesWith: ['addController', 'removeController'],
    section: 'Safety',
    about: 'With add-controller and remove-controller: only say what would be done.',
  },
  ...yesOption(['removeController']),
  ...connectionOptions,
  ...controllerOptions,
])

export type QuorumValues = Values<typeof options>

/** The rules of kafka-metadata-quorum, for one action. Each throws UserError. */
export function checkDescribe({ values, context: { style } }: Order<QuorumValues>): void {
  const { status, replication, humanReadable } = values
  forbidTogether(values, ['status', 'replication'])
  if (!status && !replication && style === 'drop-in') throw new UserError('describe needs --status or --replication')
  if (humanReadable && !replication) throw new UserError('--human-readable goes with --replication')
}

export function checkAdd({ values: { commandConfig } }: Order<QuorumValues>): void {
  if (commandConfig === undefined)
    throw new UserError('add-controller needs --command-config: the settings of the controller to add')
}

export function checkRemove({ values: { controllerId, controllerDirectoryId } }: Order<QuorumValues>): void {
  if (controllerId === undefined || controllerDirectoryId === undefined)
    throw new UserError('remove-controller needs --controller-id and --controller-directory-id')
  if (controllerId < 0) throw new UserError(`--controller-id ${controllerId} is negative`)
  if (!/^[\w-]{22}$/.test(controllerDirectoryId))
    throw new UserError(
      `--controller-directory-id ${controllerDirectoryId} is no UUID in base64, as --replication shows them`,
    )
}
