import type { Page } from '../../lib/command/page.ts'
import { MOMENTS } from '../../lib/config/moment.ts'
import { DURATIONS } from '../../lib/duration.ts'

const connection: Page = {
  name: 'connection',
  about: 'How kts finds a cluster and logs in',
  blocks: [
    'A command takes the first of these that is there:',
    {
      terms: [
        ['--bootstrap-server, -b', 'Brokers as HOST:PORT, with commas between them.'],
        ['--local', 'The broker in the box on this machine, which is started when it does not run.'],
        ['--profile NAME', 'A cluster that kts profile add has noted; see kts help profiles.'],
        ['KTS_BOOTSTRAP_SERVERS', 'Stands in for --bootstrap-server.'],
        ['KTS_LOCAL=1', 'Stands in for --local.'],
        ['bootstrap.servers', 'In the file of --command-config.'],
        ['KTS_PROFILE', 'Stands in for --profile.'],
        ['.kts.yaml', 'A project file, in this folder or above it.'],
        ['kts profile use', 'The profile in use.'],
        ['localhost:9092', "When nothing else is said. Under Apache's names that is an error."],
      ],
    },
    "Security and timeouts are properties of Java's clients, in a file that --command-config names, or one by one with -X KEY=VALUE. The file can be one that Java's tools use already:",
    {
      lines: [
        'security.protocol=SASL_SSL',
        'sasl.mechanism=SCRAM-SHA-512',
        'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="ada" password="…";',
        'ssl.truststore.type=PEM',
        'ssl.truststore.location=/etc/kafka/ca.pem',
      ],
    },
    'Where no server answers, a command gives up after 3 seconds and says which address failed, and where it came from.',
  ],
}

const profiles: Page = {
  name: 'profiles',
  about: 'Clusters by name, project files, and which setting wins',
  blocks: [
    'kts profile add notes a cluster in config.yaml, which only you can read. Written by hand it looks like this:',
    {
      lines: [
        'profiles:',
        '  prod:',
        '    bootstrap-server: kafka1:9093   # or local: true',
        '    command-config: ~/prod.properties',
        '    properties:                     # go before the file',
        '      sasl.password: ${PASSWORD}    # a variable',
        '    read-only: true                 # change nothing',
        '    confirm: true                   # ask for its name',
      ],
    },
    'A project has .kts.yaml in its folder: profile, or bootstrap-server or local with properties, and output. It holds no logins and no variables, takes no guard off a cluster, and its servers are told no login.',
    'Of one setting the first of these counts: option, -X, variable, --command-config, project file, profile, default. A cluster is taken whole: who names servers uses nothing of a profile, unless --profile stands beside them. kts config --origin shows what holds, and why.',
    'With read-only no request goes out that would change something. With confirm the name of the profile is typed before anything is deleted; where nobody can, --profile NAME and --yes together stand in for it.',
  ],
}

const environment: Page = {
  name: 'environment',
  about: 'The variables that kts reads, and the folders that it uses',
  blocks: [
    {
      terms: [
        ['KTS_BOOTSTRAP_SERVERS', 'Brokers to ask, where neither --bootstrap-server nor --local is given.'],
        ['KTS_PROFILE', 'The profile to use, where no option and no variable names servers.'],
        ['KTS_SCHEMA_REGISTRY_URL', 'The schema registry, where --schema-registry is not given.'],
        ['KTS_OUTPUT', 'The format of answers, where neither --json nor --output is given.'],
        ['KTS_LOCAL', 'Set to 1: use the broker in the box, as --local does.'],
        ['KTS_LOCAL_PORT', 'The port of the broker in the box; 9092 by default.'],
        ['NO_COLOR', 'Not empty: no colours. TERM=dumb says the same.'],
        ['FORCE_COLOR', '1, 2 or 3: colours even in a pipe, so many of them; 0 for none. Goes before NO_COLOR.'],
        ['COLORTERM', 'truecolor or 24bit: the terminal has all colours.'],
        ['NODE_DISABLE_COMPILE_CACHE', 'Set to 1: keep no compiled code, which makes each start slower.'],
        [
          'XDG_STATE_HOME',
          'kts/ in this folder has the data and the log of the broker in the box, notes of what runs, and the access log of kts logs. ~/.local/state by default.',
        ],
        ['XDG_CONFIG_HOME', 'kts/ in this folder has the profiles. ~/.config by default.'],
        [
          'XDG_CACHE_HOME',
          'kts/ in this folder has what may be deleted: compiled code, names for completion. ~/.cache by default.',
        ],
      ],
    },
    "KTS_CLIENT_ before the name of a client property sets that: KTS_CLIENT_SECURITY_PROTOCOL is security.protocol. Apache's names know of these variables only KTS_BOOTSTRAP_SERVERS, KTS_LOCAL and KTS_LOCAL_PORT.",
  ],
}

const times: Page = {
  name: 'times',
  about: 'How times and durations are written',
  blocks: [
    `A time, for --since and --until of consume, --time of offsets and --to-datetime of groups: ${MOMENTS}.`,
    {
      terms: [
        ['-90s, -2h, -1h30m, -7d', 'So long ago; the units are ms, s, m, h, d and w. -PT2H and "2h ago" say the same.'],
        ['now, today, yesterday', 'The last two mean midnight at the beginning of the day.'],
        ['2026-03-01', 'The beginning of that day.'],
        ['2026-03-01 12:00:00.5', 'A T may stand for the space; seconds may be missing.'],
        [
          '2026-03-01T12:00:00Z, …+01:00',
          'With a zone; without one it is the time of this machine. Of an hour that comes twice, when clocks are put back, it is the first.',
        ],
        [
          '1772366400000',
          'Milliseconds since 1970. 1772366400, 20260301 and 2026 are refused: seconds, a day or a year are meant.',
        ],
        ['@1772366400', 'Seconds since 1970.'],
      ],
    },
    'Days and times of day that do not exist are refused, also those that clocks are put forward over.',
    `A length of time, for --by-duration of groups: ${DURATIONS}. Options whose value is shown as MS, SECONDS or MINUTES take it too, and a bare number in that unit.`,
    "Under Apache's names times are Apache's: 2026-03-01T12:00:00.000 for --to-datetime, in UTC where it names no zone, PT30M or P1DT2H for --by-duration, milliseconds for the rest.",
  ],
}

const output: Page = {
  name: 'output',
  about: 'Where answers go, and what they look like',
  blocks: [
    'stdout is data. Warnings, notices, progress, questions and errors go to stderr.',
    {
      terms: [
        ['on a terminal', 'A table, with colours; see kts help environment to have none.'],
        ['in a pipe or a file', "The text of Kafka's own tool, which other scripts can read."],
        ['--json', 'One JSON document; on a terminal indented. A list without members is [].'],
        [
          '--output FORMAT',
          'table, text, json, ndjson (a document a line) or yaml, wherever the output goes; --help says which a command has.',
        ],
        ['--no-color', 'No colours.'],
      ],
    },
    'When some of several items fail, those that did not are shown, and each that did is named on stderr: what was written to stdout can still be read. A reader that has had enough, such as head, ends a command quietly.',
    '--help-json describes a command and its options to other programs; kts --help-json describes all of them.',
  ],
}

const exitCodes: Page = {
  name: 'exit-codes',
  about: 'What each exit code means',
  blocks: [
    {
      terms: [
        ['0', 'Done.'],
        [
          '1',
          'Something failed: a broker or a read-only profile refused, a broker could not be reached, or one of several items went wrong.',
        ],
        ['2', 'The command line cannot be meant like this; nothing was done.'],
        ['70', 'A mistake in kts itself; please report it.'],
        ['130, 143', 'Ended by Ctrl-C (SIGINT) or SIGTERM, after what was under way was wound up.'],
      ],
    },
    "Under Apache's names the codes are those of Apache's tools, where some failures end with 0.",
  ],
}

const formats: Page = {
  name: 'formats',
  about: 'Lists, patterns and files that options take',
  blocks: [
    {
      terms: [
        [
          'topics',
          'retail,clicks or a Java regular expression for whole names: "retail|click.*". With create they are names as they stand.',
        ],
        ['partitions', '0,2 as a list, 5-7 as a range; retail:0,2 together with the topic.'],
        ['NAME=VALUE,…', 'Settings; a value with commas stands in brackets: cleanup.policy=[compact,delete].'],
        ['TYPE:NAME', 'A principal: User:alice; User:* is everybody.'],
        ['FILE of --command-config', 'Java properties, NAME=VALUE a line.'],
        [
          'CSV of --from-file',
          'topic,partition,offset a line; group,topic,partition,offset for several groups. --export writes it.',
        ],
      ],
    },
    'Partitions in a JSON file, for leader-election, delete-records (with offset) and reassign (with replicas):',
    {
      lines: [
        '{"version": 1, "partitions": [',
        '  {"topic": "retail", "partition": 0, "offset": 100},',
        '  {"topic": "retail", "partition": 1, "replicas": [1, 2], "log_dirs": ["any", "any"]}',
        ']}',
      ],
    },
    'Topics in a JSON file, for reassign --generate:',
    { lines: ['{"version": 1, "topics": [{"topic": "retail"}]}'] },
  ],
}

const dropIns: Page = {
  name: 'drop-ins',
  about: "Apache's own names for these tools",
  blocks: [
    "kafka-topics, kafka-topics.sh and the rest, as kts --help lists them in brackets, are the same commands under Apache's names. Scripts and tutorials go on working: flags, stdout and exit codes are those of Kafka 4.3's tools.",
    {
      terms: [
        [
          'kts topics',
          'Tables on a terminal, JSON when asked, 0, 1 or 2 at the end, questions before something is destroyed.',
        ],
        [
          'kafka-topics',
          "Kafka's text everywhere, Kafka's exit codes, never a question. --json and --output are unknown.",
        ],
      ],
    },
    "Both know --local. Where Apache's tools are on the PATH as well, the folder that comes first decides: type -a kafka-topics shows both.",
  ],
}

const broker: Page = {
  name: 'local',
  about: 'The broker in the box',
  blocks: [
    'kts brings a Kafka broker for this machine: for tutorials, development and tests. It speaks the protocol of Kafka 4.3 and keeps its files as Kafka does.',
    {
      lines: [
        'kts topics list --local                   # starts it when it does not run',
        'export KTS_LOCAL=1                        # the same for every command from here on',
        'kts broker start --daemon                 # by hand, on localhost:9092',
        'kts broker start --port 0 --in-memory     # for a test: a free port, gone when it stops',
        'kts broker status                         # what runs here',
        'kts broker stop',
      ],
    },
    'It listens on this machine only unless listeners says otherwise, and it is one broker: point kts at an Apache Kafka cluster for more than that.',
  ],
}

/** In the order of the help. */
export const PAGES: readonly Page[] = [
  connection,
  profiles,
  environment,
  output,
  exitCodes,
  times,
  formats,
  dropIns,
  broker,
]
