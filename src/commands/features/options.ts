import { defineOptions, type Values } from '../../lib/command/define.ts'
import { asWord, chooseWord, forbidStrays, type BelongsTo } from '../../lib/command/rules.ts'
import { yesOption } from '../../lib/config/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'

export const options = defineOptions([
  {
    name: 'feature',
    argument: 'required',
    repeatable: true,
    value: 'NAME=LEVEL',
    about: 'A feature and its level, e.g. group.version=1; with disable only its name.',
  },
  {
    name: 'release-version',
    argument: 'required',
    value: 'RELEASE',
    about: 'All features as a release of Kafka has them, e.g. 4.3 or 4.3-IV0.',
  },
  {
    name: 'metadata',
    argument: 'required',
    value: 'RELEASE',
    section: 'Deprecated',
    about: 'Only metadata.version, as a release of Kafka has it. Use --feature.',
  },
  { name: 'unsafe', argument: 'none', about: 'Go down even where that may destroy metadata.' },
  { name: 'dry-run', argument: 'none', section: 'Safety', about: 'Only ask whether it could be done.' },
  {
    name: 'node-id',
    argument: 'required',
    type: 'integer',
    value: 'ID',
    about: 'With describe: the broker, or controller, to ask.',
  },
  ...yesOption,
  ...connectionOptions,
  ...controllerOptions,
])

export type FeaturesValues = Values<typeof options>

export const ACTIONS = [
  'describe',
  'upgrade',
  'downgrade',
  'disable',
  'version-mapping',
  'feature-dependencies',
] as const
export type Action = (typeof ACTIONS)[number]

const BELONGS: BelongsTo<FeaturesValues, Action> = {
  feature: ['upgrade', 'downgrade', 'disable', 'feature-dependencies'],
  releaseVersion: ['upgrade', 'downgrade', 'version-mapping'],
  metadata: ['upgrade', 'downgrade'],
  unsafe: ['downgrade', 'disable'],
  dryRun: ['upgrade', 'downgrade', 'disable'],
  yes: ['upgrade', 'downgrade', 'disable'],
  nodeId: ['describe'],
}

/** What the words and options ask for; under kts to describe when they do not say. Throws UserError. */
export function chosenAction(values: FeaturesValues, words: readonly string[], style: 'kts' | 'drop-in'): Action {
  const action = chooseWord(words, ACTIONS, style === 'kts' ? 'describe' : undefined)
  forbidStrays(values, action, BELONGS, asWord)
  return action
}
