import { defineOptions, type Values } from '../../lib/command/define.ts'

export const options = defineOptions([
  {
    name: 'config',
    short: 'c',
    goesWith: ['info', 'format'],
    value: 'FILE',
    about: 'The settings of the node, as in server.properties.',
  },
  {
    name: 'cluster-id',
    short: 't',
    goesWith: ['format'],
    value: 'ID',
    about: 'The id of the cluster, the same for all of its nodes.',
    ktsAbout: 'The id of the cluster, the same for all of its nodes (default: a new one).',
  },
  {
    name: 'ignore-formatted',
    short: 'g',
    goesWith: ['format'],
    about: 'Leave folders as they are that are formatted already.',
  },
  {
    name: 'standalone',
    short: 's',
    goesWith: ['format'],
    section: 'First controllers',
    about: 'This node alone is the first controller, and others can join it later.',
  },
  {
    name: 'no-initial-controllers',
    short: 'N',
    goesWith: ['format'],
    section: 'First controllers',
    about: 'The node joins controllers that there are.',
  },
  {
    name: 'initial-controllers',
    short: 'I',
    goesWith: ['format'],
    value: 'ID@HOST:PORT:DIRECTORY',
    section: 'First controllers',
    about: 'The first controllers, with commas between them; the same for all of its nodes.',
  },
  {
    name: 'release-version',
    short: 'r',
    goesWith: ['format', 'versionMapping'],
    value: 'RELEASE',
    section: 'First metadata',
    about: 'The feature levels of a release of Kafka, e.g. 4.3 or 4.3-IV0.',
  },
  {
    name: 'feature',
    short: 'f',
    goesWith: ['format', 'featureDependencies'],
    repeatable: true,
    value: 'NAME=LEVEL',
    section: 'First metadata',
    about: 'A feature and its level, e.g. group.version=1.',
  },
  {
    name: 'add-scram',
    short: 'S',
    goesWith: ['format'],
    repeatable: true,
    value: 'CREDENTIAL',
    section: 'First metadata',
    about: "A user with a password: 'SCRAM-SHA-256=[name=alice,password=alice-secret]'.",
  },
])

export type StorageValues = Values<typeof options>
