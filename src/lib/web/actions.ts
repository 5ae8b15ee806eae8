/**
 * Every action of the page is a command line of kts: the same words are run and shown to be copied. A value that could
 * be taken for an option is joined to its own.
 */
export interface Actions {
  readonly 'topic create': {
    readonly topic: string
    readonly partitions?: number
    readonly replicationFactor?: number
    readonly configs?: Readonly<Record<string, string>>
  }
  readonly 'topic add-partitions': { readonly topic: string; readonly partitions: number }
  readonly 'topic delete': { readonly topic: string }
  readonly 'topic delete-records': { readonly topic: string; readonly partition: number; readonly before: string }
  /** Null takes a setting back to its default. */
  readonly 'topic set': { readonly topic: string; readonly name: string; readonly value: string | null }
  /** NDJSON, a record a line. */
  readonly produce: { readonly topic: string; readonly lines: string; readonly ignore?: readonly string[] }
  readonly 'group reset': {
    readonly group: string
    readonly to: ResetTo
    /** Of `offset`, `shift` and `time`. */
    readonly value?: string
    /** All that the group has committed for, where there is none. */
    readonly topics?: readonly string[]
    readonly execute?: boolean
  }
  readonly 'group undo': { readonly group: string }
  readonly 'group delete': { readonly group: string }
  readonly 'group delete-offsets': { readonly group: string; readonly topics: readonly string[] }
}

export type ActionName = keyof Actions
export type ResetTo = 'earliest' | 'latest' | 'current' | 'offset' | 'shift' | 'time'

export interface ActionOutcome {
  /** 0 when all is done. */
  readonly exitCode: number
  /** What the command prints with --output json. */
  readonly output: string
  /** What it says to people. */
  readonly messages: readonly string[]
}

const RESETS: Readonly<Record<ResetTo, (value: string) => string>> = {
  earliest: () => '--to-earliest',
  latest: () => '--to-latest',
  current: () => '--to-current',
  offset: (value) => `--to-offset=${value}`,
  shift: (value) => `--shift-by=${value}`,
  time: (value) => `--to-datetime=${value}`,
}

const WORDS: { readonly [A in ActionName]: (fields: Actions[A]) => string[] } = {
  'topic create': ({ topic, partitions, replicationFactor, configs = {} }) => [
    ...named(['topics', 'create'], 'topic', topic),
    ...option('partitions', partitions),
    ...option('replication-factor', replicationFactor),
    ...Object.entries(configs).map(([name, value]) => `--config=${name}=${value}`),
  ],
  'topic add-partitions': ({ topic, partitions }) => [
    ...named(['topics', 'alter'], 'topic', topic),
    ...option('partitions', partitions),
  ],
  'topic delete': ({ topic }) => [...named(['topics', 'delete'], 'topic', topic), '--yes'],
  'topic delete-records': ({ topic, partition, before }) => [
    ...named(['delete-records'], 'topic', topic),
    `--partition=${partition}`,
    `--before=${before}`,
    '--yes',
  ],
  'topic set': ({ topic, name, value }) => [
    ...named(['configs', 'alter'], 'topic', topic),
    value === null ? `--delete-config=${name}` : `--add-config=${name}=[${value}]`,
  ],
  produce: ({ topic, ignore = [] }) => [
    ...named(['produce'], 'topic', topic),
    '--json',
    ...ignore.map((field) => `--ignore=${field}`),
  ],
  'group reset': ({ group, to, value = '', topics = [], execute = false }) => [
    ...named(['groups', 'reset'], 'group', group),
    ...(topics.length === 0 ? ['--all-topics'] : topics.map((topic) => `--topic=${topic}`)),
    RESETS[to](value),
    execute ? '--execute' : '--dry-run',
  ],
  'group undo': ({ group }) => [...named(['groups', 'undo'], 'group', group), '--execute'],
  'group delete': ({ group }) => [...named(['groups', 'delete'], 'group', group), '--yes'],
  'group delete-offsets': ({ group, topics }) => [
    ...named(['groups', 'delete-offsets'], 'group', group),
    ...topics.map((topic) => `--topic=${topic}`),
    '--yes',
  ],
}

export const isAction = (name: string): name is ActionName => Object.hasOwn(WORDS, name)

/** The words after `kts`, without those that say where the cluster is. */
export const wordsOf = <A extends ActionName>(action: A, fields: Actions[A]): string[] => WORDS[action](fields)

/** A command and its name, which stands for itself unless it begins like an option or is a pattern. */
export const named = (verb: readonly string[], name: string, value: string): string[] => [
  ...verb,
  /^[\w][\w.-]*$/.test(value) ? value : `--${name}=${value}`,
]

const option = (name: string, value: number | undefined): string[] =>
  value === undefined ? [] : [`--${name}=${value}`]
