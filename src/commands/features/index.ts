import { appendingArgparse4j } from '../../lib/command/argparse4j.ts'
import { defineCommand } from '../../lib/command/define.ts'
import { withCluster } from '../../lib/config/with-cluster.ts'
import { change } from './change.ts'
import { describe } from './describe.ts'
import { listDependencies, mapRelease } from './known.ts'
import { wantedLevels } from './levels.ts'
import { ACTIONS, chosenAction, options, type Action } from './options.ts'

export const features = defineCommand({
  name: 'features',
  dropIns: ['kafka-features'],
  about: 'Show and change the features that the brokers of a cluster have agreed on.',
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
  positional: {
    name: 'ACTION',
    about: 'describe, upgrade, downgrade, disable, version-mapping or feature-dependencies.',
    completes: ACTIONS,
  },
  asksCluster: (_values, words) => !isOffline(words[0]),
  check(values, { style }, words = []) {
    const action = chosenAction(values, words, style)
    if (action === 'upgrade' || action === 'downgrade' || action === 'disable') wantedLevels(action, values)
  },
  async run(values, context, words) {
    const action = chosenAction(values, words, context.style)
    switch (action) {
      case 'version-mapping':
        return mapRelease(values.releaseVersion)
      case 'feature-dependencies':
        return listDependencies(values.feature)
      case 'describe':
        return withCluster(values, context, (client) => describe(client, values.nodeId))
      default:
        return withCluster(values, context, (client, connection) =>
          change(client, action, { values, context, connection }),
        )
    }
  },
})

const isOffline = (action: string | undefined): boolean =>
  (['version-mapping', 'feature-dependencies'] satisfies Action[] as string[]).includes(action ?? '')
