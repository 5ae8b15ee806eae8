import { appendingArgparse4j } from '../../lib/command/argparse4j.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { listDependencies, mapRelease } from '../../lib/work/known-features.ts'
import { change } from './change.ts'
import { describe } from './describe.ts'
import { options } from './options.ts'

export const features = defineCommand({
  examples: [
    { command: 'kts features', about: 'Every feature, its level, and the levels it could have.' },
    {
      command: 'kts features upgrade --release-version 4.3 --dry-run',
      about: 'Ask whether all features could go up to those of Kafka 4.3.',
    },
    { command: 'kts features downgrade --feature group.version=0', about: 'Take one feature back.' },
    { command: 'kts features version-mapping --release-version 4.0', about: 'The levels that Kafka 4.0 has.' },
  ],
  options,
  dialect: appendingArgparse4j,
  helpSucceeds: true,
  actionsBy: 'word',
  byDefault: 'describe',
  actions: {
    describe: {
      about: 'Show every feature, its level, and the levels it could have.',
      run: ({ client, values }) => describe(client, values.nodeId),
    },
    upgrade: { about: 'Raise levels.', ...change('upgrade') },
    downgrade: { about: 'Lower levels.', ...change('downgrade') },
    disable: { about: 'Turn features off.', ...change('disable') },
    versionMapping: {
      about: 'Show the levels that a release of Kafka has.',
      offline: async ({ values }) => mapRelease(values.releaseVersion),
    },
    featureDependencies: {
      about: 'Show what levels of features need of others.',
      offline: async ({ values }) => listDependencies(values.feature),
    },
  },
})
