import type { CommandName } from '../lib/command/define.ts'
import type { Command } from '../lib/work/command.ts'

export interface Entry extends CommandName {
  /** Left out of the help of kts: there for an old tutorial's sake. */
  readonly hidden?: boolean
  /** Loads the command's module; nothing of it is read before the command is called. */
  load(): Promise<Command>
}

/** Every command, in the order of the help. */
export const commands: readonly Entry[] = [
  {
    name: 'topics',
    dropIns: ['kafka-topics'],
    about: 'Create, list, describe, alter and delete topics',
    load: () => import('./topics/index.ts').then((module) => module.topics),
  },
  {
    name: 'produce',
    dropIns: ['kafka-console-producer'],
    about: 'Send lines to a topic',
    load: () => import('./produce/index.ts').then((module) => module.produceCommand),
  },
  {
    name: 'consume',
    dropIns: ['kafka-console-consumer'],
    about: 'Print the messages of topics',
    load: () => import('./consume/index.ts').then((module) => module.consume),
  },
  {
    name: 'pipe',
    dropIns: [],
    about: 'Pass records from topic to topic, each exactly once',
    load: () => import('./pipe/index.ts').then((module) => module.pipeCommand),
  },
  {
    name: 'groups',
    dropIns: ['kafka-consumer-groups'],
    about: 'List, describe and delete groups, reset their offsets, watch their lag',
    load: () => import('./groups/index.ts').then((module) => module.groups),
  },
  {
    name: 'kafka-groups',
    dropIns: ['kafka-groups'],
    about: 'List the groups of every type',
    hidden: true,
    load: () => import('./groups/index.ts').then((module) => module.everyGroup),
  },
  {
    name: 'offsets',
    dropIns: ['kafka-get-offsets'],
    about: 'Show the offsets of partitions, by position or time',
    load: () => import('./offsets/index.ts').then((module) => module.offsets),
  },
  {
    name: 'configs',
    dropIns: ['kafka-configs'],
    about: 'Show and change settings, quotas and SCRAM credentials',
    load: () => import('./configs/index.ts').then((module) => module.configs),
  },
  {
    name: 'cluster',
    dropIns: ['kafka-cluster'],
    about: 'Show brokers, controller, racks and releases',
    load: () => import('./cluster/index.ts').then((module) => module.cluster),
  },
  {
    name: 'api-versions',
    dropIns: ['kafka-broker-api-versions'],
    about: 'Show which requests each broker understands',
    load: () => import('./api-versions/index.ts').then((module) => module.apiVersions),
  },
  {
    name: 'log-dirs',
    dropIns: ['kafka-log-dirs'],
    about: 'Show log directories and the size of what lies in them',
    load: () => import('./log-dirs/index.ts').then((module) => module.logDirs),
  },
  {
    name: 'reassign',
    dropIns: ['kafka-reassign-partitions'],
    about: 'Move replicas of partitions between brokers and directories',
    load: () => import('./reassign/index.ts').then((module) => module.reassign),
  },
  {
    name: 'acls',
    dropIns: ['kafka-acls'],
    about: 'Show, add and remove ACLs',
    load: () => import('./acls/index.ts').then((module) => module.acls),
  },
  {
    name: 'features',
    dropIns: ['kafka-features'],
    about: 'Show and change the features that the brokers have agreed on',
    load: () => import('./features/index.ts').then((module) => module.features),
  },
  {
    name: 'quorum',
    dropIns: ['kafka-metadata-quorum'],
    about: 'Show the controllers that hold the metadata of the cluster',
    load: () => import('./quorum/index.ts').then((module) => module.quorum),
  },
  {
    name: 'transactions',
    dropIns: ['kafka-transactions'],
    about: 'Show transactions and their producers, end those that hang',
    load: () => import('./transactions/index.ts').then((module) => module.transactions),
  },
  {
    name: 'leader-election',
    dropIns: ['kafka-leader-election'],
    about: 'Have leaders of partitions elected',
    load: () => import('./leader-election/index.ts').then((module) => module.leaderElection),
  },
  {
    name: 'dump-log',
    dropIns: ['kafka-dump-log'],
    about: 'Show what lies in the files of a broker',
    load: () => import('./dump-log/index.ts').then((module) => module.dumpLogCommand),
  },
  {
    name: 'delete-records',
    dropIns: ['kafka-delete-records'],
    about: 'Delete the records of partitions before given offsets',
    load: () => import('./delete-records/index.ts').then((module) => module.deleteRecordsCommand),
  },
  {
    name: 'perf produce',
    dropIns: ['kafka-producer-perf-test'],
    about: 'Measure how fast records can be sent',
    load: () => import('./perf/produce/index.ts').then((module) => module.perfProduce),
  },
  {
    name: 'perf consume',
    dropIns: ['kafka-consumer-perf-test'],
    about: 'Measure how fast records can be read',
    load: () => import('./perf/consume/index.ts').then((module) => module.perfConsume),
  },
  {
    name: 'perf e2e',
    dropIns: ['kafka-e2e-latency'],
    about: 'Measure how long a record takes from producer to consumer',
    load: () => import('./perf/e2e/index.ts').then((module) => module.perfE2e),
  },
  {
    name: 'profile add',
    dropIns: [],
    about: 'Note a cluster under a name',
    load: () => import('./profile/index.ts').then((module) => module.profileAdd),
  },
  {
    name: 'profile use',
    dropIns: [],
    about: 'Use a profile from now on',
    load: () => import('./profile/index.ts').then((module) => module.profileUse),
  },
  {
    name: 'profile list',
    dropIns: [],
    about: 'List the profiles',
    load: () => import('./profile/index.ts').then((module) => module.profileList),
  },
  {
    name: 'profile show',
    dropIns: [],
    about: 'Show a profile, its secrets hidden',
    load: () => import('./profile/index.ts').then((module) => module.profileShow),
  },
  {
    name: 'profile remove',
    dropIns: [],
    about: 'Forget a profile',
    load: () => import('./profile/index.ts').then((module) => module.profileRemove),
  },
  {
    name: 'config',
    dropIns: [],
    about: 'Show which settings hold here, and where each comes from',
    load: () => import('./config/index.ts').then((module) => module.config),
  },
  {
    name: 'broker start',
    dropIns: ['kafka-server-start'],
    about: 'Start a Kafka broker on this machine',
    load: () => import('./broker/index.ts').then((module) => module.brokerStart),
  },
  {
    name: 'broker stop',
    dropIns: ['kafka-server-stop'],
    about: 'Stop the broker that runs on this machine',
    load: () => import('./broker/index.ts').then((module) => module.brokerStop),
  },
  {
    name: 'broker status',
    dropIns: [],
    about: 'Show the brokers that run on this machine',
    load: () => import('./broker/index.ts').then((module) => module.brokerStatus),
  },
  {
    name: 'logs start',
    dropIns: ['start_logs'],
    about: 'Start writing the access log of a made-up shop',
    load: () => import('./logs/index.ts').then((module) => module.logsStart),
  },
  {
    name: 'logs tail',
    dropIns: ['tail_logs'],
    about: 'Show the end of the access log, and what is added',
    load: () => import('./logs/index.ts').then((module) => module.logsTail),
  },
  {
    name: 'logs stop',
    dropIns: ['stop_logs'],
    about: 'Stop writing the access log',
    load: () => import('./logs/index.ts').then((module) => module.logsStop),
  },
  {
    name: 'logs generate',
    dropIns: [],
    about: 'Write access log lines to stdout',
    load: () => import('./logs/index.ts').then((module) => module.logsGenerate),
  },
  {
    name: 'help',
    dropIns: [],
    about: 'Show the help of a command, or one of the pages below',
    load: () => import('./help/index.ts').then((module) => module.help),
  },
  {
    name: 'completion',
    dropIns: [],
    about: 'Print the script for completion in bash, zsh or fish',
    load: () => import('./completion/index.ts').then((module) => module.completion),
  },
  {
    name: 'complete',
    dropIns: [],
    about: 'Answer a shell what could be typed next',
    hidden: true,
    load: () => import('./completion/index.ts').then((module) => module.completeCommand),
  },
  {
    name: 'zookeeper start',
    dropIns: ['zookeeper-server-start'],
    about: 'Say that no ZooKeeper is needed, where a tutorial starts one',
    hidden: true,
    load: () => import('./zookeeper/index.ts').then((module) => module.zookeeperStart),
  },
  {
    name: 'zookeeper stop',
    dropIns: ['zookeeper-server-stop'],
    about: 'Say that no ZooKeeper is needed, where a tutorial stops one',
    hidden: true,
    load: () => import('./zookeeper/index.ts').then((module) => module.zookeeperStop),
  },
]

/** The command that goes by this drop-in name, with `.sh` or without. */
export function findDropIn(tool: string): Entry | undefined {
  const name = tool.replace(/\.sh$/, '')
  return commands.find((entry) => entry.dropIns.includes(name))
}

/** The command that these words begin with, and the words after its name. */
export function findCommand(words: readonly string[]): { entry: Entry; rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const entry = words.length >= length ? commands.find((candidate) => candidate.name === name) : undefined
    if (entry) return { entry, rest: words.slice(length) }
  }
  return undefined
}
