import { describe, expect, it } from 'vitest'
import { offer, type AskNames } from '../../../src/commands/completion/offer.ts'
import { commands } from '../../../src/commands/index.ts'
import { splitLine } from '../../../src/commands/completion/split-line.ts'

const names = {
  topics: ['orders', 'retail', 'returns', '__consumer_offsets'],
  groups: ['billing', 'shop one'],
  subjects: ['orders-key', 'orders-value', 'retail-value'],
}

/** What is offered for a command line, its words divided by spaces, and what was asked of a cluster on the way. */
async function offered(line: string) {
  const asked: unknown[] = []
  const ask: AskNames = async (kind, connection, style) => {
    asked.push({
      kind,
      connection: Object.fromEntries(
        Object.entries(connection).filter(([, value]) => value !== undefined && value !== false),
      ),
      style,
    })
    return names[kind]
  }
  const { words, paths } = await offer(commands, line.split(' '), ask)
  return { words: words.map(({ word }) => word), paths, asked, abouts: words.map(({ about }) => about) }
}

describe('names of commands', () => {
  it.each([
    ['kts bro', ['broker']],
    ['kts broker ', ['start', 'stop', 'kill', 'status']],
    ['kts broker st', ['start', 'stop', 'status']],
    ['kts perf e', ['e2e']],
    ['kts zoo', []],
    ['kts complet', ['completion']],
    ['kts --h', ['--help', '--help-json']],
    ['kts --json top', ['topics']],
    ['kts completion ', ['bash', 'zsh', 'fish']],
    ['kts help topi', ['topics']],
    ['kts help topics ', ['list', 'describe', 'create', 'alter', 'delete']],
    ['kts help topics cr', ['create']],
    ['kts help broker st', ['start', 'stop', 'status']],
    ['kts help topics create ', []],
    ['kts help times ', []],
    ['kts nosuch --li', []],
  ])('%j', async (line, expected) => expect((await offered(line)).words).toEqual(expected))

  it('come with what they do, or what follows them', async () => {
    expect((await offered('kts bro')).abouts).toEqual(['start, stop, kill, status'])
    expect((await offered('kts topi')).abouts).toEqual(['Create, list, describe, alter and delete topics'])
  })

  it('of two words do not hide the command of the first word', async () => {
    expect((await offered('kts groups ')).words).toEqual(expect.arrayContaining(['list', 'describe', 'reset']))
    expect((await offered('kts groups list --s')).words).toEqual(['--state', '--share', '--streams'])
  })
})

describe('options', () => {
  it.each([
    ['kts topics --de', ['--describe', '--delete', '--debug']],
    ['kts topics --delete --de', ['--describe', '--debug']],
    ['kafka-topics.sh --de', ['--describe', '--delete', '--delete-config']],
    ['/opt/kafka/bin/kafka-topics.sh --de', ['--describe', '--delete', '--delete-config']],
    ['kts topics --create --config a=b --conf', ['--config']],
    ['kts consume --from-', ['--from-beginning']],
    ['kts consume --prop', []],
    ['kts consume -- --from-', []],
    ['kts topics --topic --de', []],
    ['kts produce --compression-codec --sy', ['--sync']],
  ])('%j', async (line, expected) => expect((await offered(line)).words).toEqual(expected))

  it('and actions are offered before them', async () => {
    expect((await offered('kts topics ')).words.slice(0, 3)).toEqual(['list', 'describe', 'create'])
    expect((await offered('kts topics li')).words).toEqual(['list'])
    expect((await offered('kts topics create --par')).words).toEqual(['--partitions'])
    expect((await offered('kts topics create ')).words).toEqual([])
    expect((await offered('kts topics list --par')).words).toEqual([])
  })

  it('come with what they do', async () => {
    expect((await offered('kts topics --lis')).abouts).toEqual(['List the topics.'])
  })
})

describe('values', () => {
  it.each([
    ['kts topics --output js', ['json']],
    ['kts topics --output=js', ['--output=json']],
    ['kts produce --compression-codec z', ['zstd']],
    ['kts acls --operation Describe', ['Describe', 'DescribeConfigs', 'DescribeTokens']],
    ['kts configs --entity-type client', ['client-metrics', 'clients']],
    ['kafka-configs --entity-type client', ['client-metrics', 'clients']],
    ['kafka-configs -entity-type client', ['client-metrics', 'clients']],
    ['kts groups --list --state Empty,Dea', ['Empty,Dead']],
    ['kts consume --formatter-property key.', ['key.separator=']],
    ['kts cluster e', ['endpoints']],
    ['kts cluster cluster-id c', []],
    ['kts topics --partitions ', []],
    ['kts topics create x --config retention.', ['retention.bytes=', 'retention.ms=']],
    ['kts configs set orders segment.b', ['segment.bytes=']],
    ['kts configs set orders a=b retention.m', ['retention.ms=']],
    ['kts configs set orders retention.ms=5 retention.', ['retention.bytes=']],
    ['kts configs delete orders retention.m', ['retention.ms']],
    ['kts configs set --client c consumer', ['consumer_byte_rate=']],
    ['kts configs set --group g x share.iso', ['share.isolation.level=']],
    ['kafka-configs --alter --topic t --add-config retention.m', ['retention.ms=']],
    ['kts topics --replication-factor=', []],
  ])('%j', async (line, expected) => expect((await offered(line)).words).toEqual(expected))

  it.each([
    ['kts consume --command-config ', 'files'],
    ['kts produce --input-file=x', 'files'],
    ['kts dump-log --files ', 'files'],
    ['kts broker start --data-dir ', 'folders'],
    ['kts broker start con', 'files'],
  ])('%j: %s', async (line, paths) => expect(await offered(line)).toMatchObject({ words: [], paths }))
})

describe('names of topics and groups', () => {
  it.each([
    ['kts topics --topic re', ['retail', 'returns']],
    ['kts topics -t orders,re', ['orders,retail', 'orders,returns']],
    ['kts topics --topic=re', ['--topic=retail', '--topic=returns']],
    ['kts consume --topic orders,re', ['orders,retail', 'orders,returns']],
    ['kts produce --topic orders,re', []],
    ['kts consume orders re', ['retail', 'returns']],
    ['kts consume orders retail ', ['returns']],
    ['kts topics describe retail re', ['returns']],
    ['kts schemas get ord', ['orders-key', 'orders-value']],
    ['kts schemas register ret', ['retail-value']],
    ['kts schemas export orders-key o', ['orders-value']],
    ['kts schemas check ret', ['retail-value']],
    ['kts schemas check --against a.avsc ret', []],
    ['kts topics -t retail,re', ['retail,returns']],
    ['kts groups delete -g billing -g ', ['shop one']],
    ['kts pipe retail ', ['orders', 'retail', 'returns']],
    ['kts consume -g ', ['billing', 'shop one']],
    ['kts pipe --to r', ['retail', 'returns']],
    ['kts topics -t ', ['orders', 'retail', 'returns']],
    ['kts topics -t _', ['__consumer_offsets']],
    ['kts configs --entity-type topics --entity-name o', ['orders']],
    ['kts configs --entity-type topics --entity-type groups --entity-name b', ['billing']],
    ['kts configs --entity-type brokers --entity-name ', []],
    ['kafka-consumer-groups.sh -group b', ['billing']],
  ])('%j', async (line, expected) => expect((await offered(line)).words).toEqual(expected))

  it.each([
    ['kts topics -b h:1 --topic x', { bootstrapServer: 'h:1' }, 'kts'],
    ['kts topics --bootstrap-server=h:1 --topic x', { bootstrapServer: 'h:1' }, 'kts'],
    ['kts topics --local --topic x', { local: true }, 'kts'],
    [
      'kts consume --consumer.config f.properties --topic x',
      { commandConfig: 'f.properties', commandProperty: [], consumerProperty: [] },
      'kts',
    ],
    [
      'kafka-producer-perf-test.sh --command-property bootstrap.servers=h:1 --topic x',
      { servers: 'h:1', commandProperty: ['bootstrap.servers=h:1'] },
      'drop-in',
    ],
    ['kafka-topics -bootstrap-server h:1 -topic x', { bootstrapServer: 'h:1' }, 'drop-in'],
  ])('are those of the cluster that is meant: %j', async (line, connection, style) => {
    expect((await offered(line)).asked).toEqual([
      { kind: 'topics', connection: { clientProperty: [], ...connection }, style },
    ])
  })

  it('are asked for only where one could stand', async () => {
    for (const line of [
      'kts topics --to',
      'kts ',
      'kts consume -t retail --offset ',
      'kts perf produce --num-records ',
    ])
      expect((await offered(line)).asked).toEqual([])
  })
})

describe('a line of bash', () => {
  const breaks = ' \t\n"\'><=;|&(:'
  it.each([
    ['kts topics --to', ['kts', 'topics', '--to'], 0],
    ['kts topics ', ['kts', 'topics', ''], 0],
    ['kts  topics --topic=re', ['kts', 'topics', '--topic=re'], 8],
    ['kts topics --topic "re', ['kts', 'topics', '--topic', 're'], 0],
    ['kts topics --topic="re', ['kts', 'topics', '--topic=re'], 8],
    ['kts groups -g shop\\ o', ['kts', 'groups', '-g', 'shop o'], 0],
    ["kts groups -g 'a b:c' -t x", ['kts', 'groups', '-g', 'a b:c', '-t', 'x'], 0],
    ['kts groups -t retail:0', ['kts', 'groups', '-t', 'retail:0'], 7],
    [
      'kts topics -b $BROKERS --command-config ~/a -t ${MISSING}',
      ['kts', 'topics', '-b', 'h:1', '--command-config', '/home/a/a', '-t', '${MISSING}'],
      0,
    ],
    ['kts x \'$BROKERS\' "$BROKERS" "a\\"b\\c"', ['kts', 'x', '$BROKERS', 'h:1', 'a"b\\c'], 0],
  ])('%j', (line, words, kept) => {
    const typed = splitLine(line, breaks, { BROKERS: 'h:1', HOME: '/home/a' })
    expect(typed.words).toEqual(words)
    expect(typed.kept).toBe(kept)
  })

  it('knows an open quote', () => {
    expect(splitLine("kts -t 'a", breaks, {}).isQuoted).toBe(true)
    expect(splitLine("kts -t 'a'", breaks, {}).isQuoted).toBe(false)
  })
})
