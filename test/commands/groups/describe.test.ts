import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from './cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await Cluster.start()
  await cluster.createTopic('retail', [10, 4])
  await cluster.createTopic('clicks', [0])
  await cluster.commit('shop', { 'retail-0': 4, 'retail-1': 4, 'clicks-0': 0 })
  await cluster.commit('audit', { 'retail-1': 1 })
  await cluster.join('live', 'retail', [1, 0], 'till-1')
})
afterAll(() => cluster.stop())

describe('--list', () => {
  it('names the groups in order, and shows types and states where they are asked for', async () => {
    expect((await cluster.dropIn(['--list'])).text).toBe('audit\nlive\nshop\n')
    expect((await cluster.dropIn(['--list', '--state', 'Stable'])).text).toBe(
      `${'GROUP'.padEnd(25)} ${'STATE'.padEnd(20)}\n${'live'.padEnd(25)} ${'Stable'.padEnd(20)}\n`,
    )
    expect((await cluster.dropIn(['--list', '--type', 'consumer'])).text).toBe(
      `${'GROUP'.padEnd(25)} ${'TYPE'.padEnd(20)}\n`,
    )
  })

  it('tells all of it as data and as a table', async () => {
    const { data, table } = await cluster.kts(['--list', '--state', 'empty,stable', '--type', 'CLASSIC'])
    expect(data).toEqual([
      { group: 'audit', type: 'Classic', state: 'Empty', protocol: '' },
      { group: 'live', type: 'Classic', state: 'Stable', protocol: 'consumer' },
      { group: 'shop', type: 'Classic', state: 'Empty', protocol: '' },
    ])
    expect(table).toMatch(/^GROUP +TYPE +STATE +PROTOCOL\naudit +Classic +Empty\nlive +Classic +Stable +consumer\n/)
  })

  it('knows share and streams groups under kts only', async () => {
    expect((await cluster.kts(['--list', '--type', 'share,streams'])).data).toEqual([])
    await expect(cluster.dropIn(['--list', '--type', 'share'])).rejects.toThrow(
      '"share" is no type of a group; they are Consumer, Classic',
    )
    await expect(cluster.kts(['--list', '--state', 'Stable,asleep'])).rejects.toThrow('"asleep" is no state')
  })
})

describe('--describe --offsets', () => {
  it("writes Apache's table for each group", async () => {
    const { text, stderr } = await cluster.dropIn(['--describe', '--group', 'shop', '--group', 'audit'])
    const head =
      'GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID\n'
    const dashes = '-               -               -\n'
    expect(text).toBe(
      `\n${head}audit           retail          1          1               4               3               ${dashes}` +
        `\n${head}shop            clicks          0          0               0               0               ${dashes}` +
        `shop            retail          0          4               10              6               ${dashes}` +
        `shop            retail          1          4               4               0               ${dashes}`,
    )
    expect(stderr).toBe(
      "\nConsumer group 'audit' has no active members.\n\nConsumer group 'shop' has no active members.\n",
    )
  })

  it('shows what members are assigned, committed or not', async () => {
    const { data } = await cluster.kts(['--describe', '--group', 'live'])
    expect(data).toMatchObject([
      {
        group: 'live',
        type: 'Classic',
        state: 'Stable',
        members: 1,
        lag: null,
        coordinator: { nodeId: 1 },
        partitions: [
          {
            topic: 'retail',
            partition: 0,
            currentOffset: null,
            logEndOffset: 10n,
            lag: null,
            groupInstanceId: 'till-1',
            clientId: 'kts/1',
          },
          {
            topic: 'retail',
            partition: 1,
            currentOffset: null,
            logEndOffset: 4n,
            lag: null,
            host: expect.stringMatching(/^\//) as string,
          },
        ],
      },
    ])
  })

  it('sums up each group in a table of its own', async () => {
    const { table, stderr } = await cluster.kts(['--describe', '--all-groups'])
    expect(table).toMatch(
      /^GROUP +MEMBERS +LAG +STATE +TYPE +ASSIGNOR +COORDINATOR\naudit +0 +3 +Empty +Classic +127\.0\.0\.1:\d+ \(1\)\nlive +1 +- +Stable +Classic +range .*\nshop +0 +6 +Empty .*\n\nGROUP +TOPIC +PARTITION +CURRENT +END +LAG +MEMBER +HOST +CLIENT\naudit +retail +1 +1 +4 +3\n/,
    )
    expect(stderr).toBe('')
  })

  it('tells the leader epoch with --verbose', async () => {
    expect((await cluster.dropIn(['--describe', '--group', 'audit', '--verbose'])).text).toContain(
      'PARTITION  LEADER-EPOCH    CURRENT-OFFSET',
    )
    expect((await cluster.kts(['--describe', '--group', 'audit', '--verbose'])).table).toMatch(
      /CLIENT +EPOCH\naudit .* -\n$/,
    )
  })
})

describe('--describe of a group that is not there', () => {
  it.each([[], ['--members'], ['--state']])("fails as a whole under Apache's name %j", async (...report) => {
    await expect(
      cluster.dropIn(['--describe', '--group', 'shop', '--group', 'nobody', ...report]),
    ).rejects.toMatchObject({ code: 'GROUP_ID_NOT_FOUND' })
  })

  it.each([[], ['--members'], ['--state']])(
    'names it under kts, shows the others, and exits 1 %j',
    async (...report) => {
      const { data, stderr, exitCode } = await cluster.kts([
        '--describe',
        '--group',
        'shop',
        '--group',
        'nobody',
        ...report,
      ])
      expect(data).toMatchObject([
        { group: 'nobody', error: { code: 'GROUP_ID_NOT_FOUND' } },
        { group: 'shop', state: 'Empty' },
      ])
      expect(stderr).toMatch(/^kts groups: Cannot describe group nobody: .*\(GROUP_ID_NOT_FOUND\)\n$/)
      expect(exitCode).toBe(1)
    },
  )
})

describe('--describe --members', () => {
  it("writes Apache's table, with instance ids where there are any", async () => {
    const { text } = await cluster.dropIn(['--describe', '--group', 'live', '--members', '--verbose'])
    expect(text.replace(/till-1-\S+/, '<member>')).toMatch(
      /^\nGROUP +CONSUMER-ID +GROUP-INSTANCE-ID HOST +CLIENT-ID +#PARTITIONS +CURRENT-EPOCH +CURRENT-ASSIGNMENT +TARGET-EPOCH +TARGET-ASSIGNMENT {3}\nlive +<member> till-1 +\/\S+ +kts\/1 +2 {15}- {15}retail:0,1 {11}- {15}- {19}\n$/,
    )
  })

  it('has a head for a group without members, and a sentence as a table', async () => {
    expect((await cluster.dropIn(['--describe', '--group', 'shop', '--members'])).text).toBe(
      '\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     \n',
    )
    expect((await cluster.kts(['--describe', '--group', 'shop', '--members'])).table).toBe(
      'Group shop has no members.\n',
    )
  })

  it('tells all of a member as data', async () => {
    expect((await cluster.kts(['--describe', '--group', 'live', '--members'])).data).toMatchObject([
      {
        group: 'live',
        members: [
          {
            groupInstanceId: 'till-1',
            clientId: 'kts/1',
            assignment: [
              { topic: 'retail', partition: 1 },
              { topic: 'retail', partition: 0 },
            ],
          },
        ],
      },
    ])
  })
})

it("--describe --state writes Apache's table", async () => {
  const { text } = await cluster.dropIn(['--describe', '--group', 'live', '--state', '--verbose'])
  const node = `127.0.0.1:${cluster.broker.port}  (1)`
  expect(text).toBe(
    `\nGROUP           ${'COORDINATOR (ID)'.padEnd(25)} ${'ASSIGNMENT-STRATEGY'.padEnd(20)} ${'STATE'.padEnd(20)} ${'GROUP-EPOCH'.padEnd(15)} ${'TARGET-ASSIGNMENT-EPOCH'.padEnd(25)} #MEMBERS\n` +
      `live            ${node.padEnd(25)} ${'range'.padEnd(20)} ${'Stable'.padEnd(20)} ${'-'.padEnd(15)} ${'-'.padEnd(25)} 1\n`,
  )
  expect((await cluster.kts(['--describe', '--group', 'live', '--state'])).data).toMatchObject([
    { group: 'live', assignor: 'range', members: 1, groupEpoch: null },
  ])
})
