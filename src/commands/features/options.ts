import { defineOptions, type Values } from '../../lib/command/define.ts'
import { optionName } from '../../lib/command/names.ts'
import { isGiven } from '../../lib/command/rules.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'

export const options = defineOptions([
  { name: 'feature', argument: 'required', repeatable: true, value: 'NAME=LEVEL', about: 'A feature and its level, e.g. group.version=1; with disable only its name.' },
  { name: 'release-version', argument: 'required', value: 'RELEASE', about: 'All features as a release of Kafka has them, e.g. 4.3 or 4.3-IV0.' },
  { name: 'metadata', argument: 'required', value: 'RELEASE', section: 'Deprecated', about: 'Only metadata.version, as a release of Kafka has it. Use --feature.' },
  { name: 'unsafe', argument: 'none', about: 'Go down even where that may destroy metadata.' },
  { name: 'dry-run', argument: 'none', about: 'Only ask whether it could be done.' },
  { name: 'node-id', argument: 'required', type: 'integer', value: 'ID', about: 'With describe: the broker, or controller, to ask.' },
  ...connectionOptions,
  ...controllerOptions,
])

export type FeaturesValues = Values<typeof options>

export const ACTIONS = ['describe', 'upgrade', 'downgrade', 'disable', 'version-mapping', 'feature-dependencies'] as const
export type Action = (typeof ACTIONS)[number]

/** Which actions an option goes with. */
const BELONGS: Readonly<Partial<Record<keyof FeaturesValues, readonly Action[]>>> = {
  feature: ['upgrade', 'downgrade', 'disable', 'feature-dependencies'],
  releaseVersion: ['upgrade', 'downgrade', 'version-mapping'],
  metadata: ['upgrade', 'downgrade'],
  unsafe: ['downgrade', 'disable'],
  dryRun: ['upgrade', 'downgrade', 'disable'],
  nodeId: ['describe'],
}

/** What the words and options ask for; under kts to describe when they do not say. Throws UserError. */
export function chosenAction(values: FeaturesValues, words: readonly string[], style: 'kts' | 'drop-in'): Action {
  const [word = style === 'kts' ? 'describe' : undefined, ...rest] = words
  if (word === undefined) throw new UserError(`say what to do: ${ACTIONS.join(', ')}`)
  if (rest.length > 0) throw new UserError(`unexpected argument "${rest[0]}"`)
  const action = ACTIONS.find((known) => known === word)
  if (action === undefined) throw new UserError(`"${word}" is none of ${ACTIONS.join(', ')}`)
  for (const [key, fitting] of Object.entries(BELONGS) as [keyof FeaturesValues, readonly Action[]][]) {
    if (isGiven(values, key) && !fitting.includes(action)) throw new UserError(`${optionName(key)} goes with ${fitting.join(', ')}, not with ${action}`)
  }
  return action
}
