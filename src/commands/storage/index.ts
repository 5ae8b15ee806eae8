import { appendingArgparse4j } from '../../lib/command/argparse4j.ts'
import { randomUuid } from '../../lib/protocol/uuid.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { listDependencies, mapRelease } from '../../lib/work/known-features.ts'
import { format } from './format.ts'
import { info } from './info.ts'
import { options } from './options.ts'

export const storage = defineCommand({
  examples: [
    { command: 'kts storage random-uuid', about: 'An id for a new cluster.' },
    {
      command: 'kts storage format --standalone -t "$(kts storage random-uuid)" -c config/server.properties',
      about: "The second step of Kafka's quick start.",
    },
    { command: 'kts storage info -c config/server.properties', about: 'Whose folders those of a node are.' },
  ],
  options,
  dialect: appendingArgparse4j,
  helpSucceeds: true,
  actionsBy: 'word',
  actions: {
    info,
    format,
    versionMapping: {
      about: 'Show the levels that a release of Kafka has.',
      offline: async ({ values }) => mapRelease(values.releaseVersion),
    },
    featureDependencies: {
      about: 'Show what levels of features need of others.',
      offline: async ({ values }) => listDependencies(values.feature),
    },
    randomUuid: {
      about: 'Print a new id for a cluster or a folder.',
      offline: async () => {
        const data = randomUuid()
        return { data, text: () => `${data}\n` }
      },
    },
  },
  dropInFailure: (error) => ({ stderr: `${error.message}\n`, exitCode: 1 }),
})
