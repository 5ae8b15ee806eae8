import { defineOptions, type Values } from '../../lib/command/define.ts'
import { yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'

const CHANGES = ['upgrade', 'downgrade', 'disable']

export const options = defineOptions([
  {
    name: 'feature',
    goesWith: ['upgrade', 'downgrade', 'disable', 'featureDependencies'],
    repeatable: true,
    value: 'NAME=LEVEL',
    about: 'A feature and its level, e.g. group.version=1; with disable only its name.',
  },
  {
    name: 'release-version',
    goesWith: ['upgrade', 'downgrade', 'versionMapping'],
    value: 'RELEASE',
    about: 'All features as a release of Kafka has them, e.g. 4.3 or 4.3-IV0.',
  },
  {
    name: 'metadata',
    goesWith: ['upgrade', 'downgrade'],
    value: 'RELEASE',
    section: 'Deprecated',
    about: 'Only metadata.version, as a release of Kafka has it. Use --feature.',
  },
  { name: 'unsafe', goesWith: ['downgrade', 'disable'], about: 'Go down even where that may destroy metadata.' },
  { name: 'dry-run', goesWith: CHANGES, section: 'Safety', about: 'Only ask whether it could be done.' },
  {
    name: 'node-id',
    goesWith: ['describe'],
    type: 'integer',
    value: 'ID',
    about: 'The broker, or controller, to ask.',
  },
  ...yesOption(CHANGES),
  ...connectionOptions,
  ...controllerOptions,
])

export type FeaturesValues = Values<typeof options>
