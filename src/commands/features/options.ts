import { defineOptions, type Values } from '../../lib/command/define.ts'
import { yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'

const CHANGES = ['upgrade', 'downgrade', 'disable']

export const options = defineOptions([
  {
    name: 'feature',
    goesWith: ['upgrade', 'downgrade', 'disable', 'featureDependencies'],
    argument: 'required',
    repeatable: true,
    value: 'NAME=LEVEL',
    about: 'A feature and its level, e.g. group.version=1; with disable only its name.',
  },
  {
    name: 'release-version',
    goesWith: ['upgrade', 'downgrade', 'versionMapping'],
    argument: 'required',
    value: 'RELEASE',
    about: 'All features as a release of Kafka has them, e.g. 4.3 or 4.3-IV0.',
  },
  {
    name: 'metadata',
    goesWith: ['upgrade', 'downgrade'],
    argument: 'required',
    value: 'RELEASE',
    section: 'Deprecated',
    about: 'Only metadata.version, as a release of Kafka has it. Use --feature.',
  },
  {
    name: 'unsafe',
    goesWith: ['downgrade', 'disable'],
    argument: 'none',
    about: 'Go down even where that may destroy metadata.',
  },
  {
    name: 'dry-run',
    argument: 'none',
    goesWith: CHANGES,
    section: 'Safety',
    about: 'Only ask whether it could be done.',
  },
  {
    name: 'node-id',
    goesWith: ['describe'],
    argument: 'required',
    type: 'integer',
    value: 'ID',
    about: 'The broker, or controller, to ask.',
  },
  ...yesOption(CHANGES),
  ...connectionOptions,
  ...controllerOptions,
])

export type FeaturesValues = Values<typeof options>
