import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import { findCommand } from '../../src/lib/work/registry.ts'
import { execute } from '../../src/dispatch.ts'
import { startBroker, type RunningBroker } from '../../src/lib/broker/index.ts'
import { createTopics } from '../../src/lib/client/admin/create-topics.ts'
import { connectClient } from '../../src/lib/client/connect.ts'
import type { Context } from '../../src/lib/command/define.ts'
import { createContext } from '../support/context.ts'

/** Of the commands that go on and on; the others have their tests in safety.test.ts and beside them. */
let broker: RunningBroker
beforeAll(async () => {
  broker = await startBroker({ properties: { 'auto.create.topics.enable': 'false' } })
  const client = await connectClient({
    bootstrapServers: [broker.bootstrapServers],
    clientId: 'test',
    properties: new Map(),
  })
  await createTopics(client, [{ name: 'retail' }])
  await client.close()
})
afterAll(() => broker.stop())

interface Started {
  readonly stderr: () => string
  readonly abort: (reason: string) => void
  readonly ended: Promise<number>
}

async function start(
  line: string,
  { style = 'kts', input = '' }: { style?: Context['style']; input?: string } = {},
): Promise<Started> {
  const { entry, rest } = findCommand(commands, line.split(' '))!
  const { context, stderr, abort } = createContext({
    style,
    program: `kts ${entry.name}`,
    env: { PATH: process.env.PATH! },
    stdin: new PassThrough().end(input),
  })
  return {
    stderr,
    abort,
    ended: execute(entry, ['--bootstrap-server', broker.bootstrapServers, ...rest], context),
  }
}

describe('who waits for a topic that is not there', () => {
  it.each([
    ['consume --topic retial'],
    ['consume --topic retial --group g'],
    ['pipe --from retial --to retail --group p --transactional-id t'],
  ])('is told of the near one: %s', async (line) => {
    const { stderr, abort, ended } = await start(line)
    while (!stderr().includes('did you mean')) await new Promise(setImmediate)
    expect(stderr()).toMatch(/^kts \w+: topic retial is not there; did you mean retail\? Waiting for it\n$/)
    abort('SIGINT')
    await ended
  })

  it("is not, under Apache's name", async () => {
    const { stderr, ended } = await start('consume --topic retial --timeout-ms 100', { style: 'drop-in' })
    await ended
    expect(stderr()).toContain('topic retial is not there; waiting for it\n')
    expect(stderr()).not.toContain('did you mean')
  })
})

describe('who writes to a topic that the cluster makes on the way', () => {
  it.each([
    [
      'kts',
      'kts produce: topic retial is not there yet (UNKNOWN_TOPIC_OR_PARTITION): asking the cluster to create it; did you mean retail?\n',
    ],
    [
      'drop-in',
      'kts produce: topic retial is not there yet (UNKNOWN_TOPIC_OR_PARTITION): asking the cluster to create it\n',
    ],
  ] as const)('is told of the near one under %s', async (style, said) => {
    const { stderr, ended } = await start('produce --topic retial --command-property max.block.ms=500', {
      input: 'a\n',
      style,
    })
    await ended
    expect(stderr()).toContain(said)
  })
})

describe('who writes to a topic that is not made on the way', () => {
  const said = 'is not there after 0 ms (max.block.ms): create it first'

  it.each([
    ['produce --topic retial --command-property max.block.ms=0'],
    ['pipe --from retail --to retial --group p --transactional-id t --command-property max.block.ms=0'],
  ])('is told of the near one: %s', async (line) => {
    const { stderr, ended } = await start(line, { input: 'a\n' })
    expect(await ended).toBe(1)
    expect(stderr()).toContain(`topic retial ${said}; did you mean retail?\n`)
  })

  it("is not where none is near, nor under Apache's name", async () => {
    for (const [line, style] of [
      ['produce --topic faraway --command-property max.block.ms=0', 'kts'],
      ['produce --topic retial --command-property max.block.ms=0', 'drop-in'],
    ] as const) {
      const { stderr, ended } = await start(line, { input: 'a\n', style })
      await ended
      expect(stderr()).toContain(said)
      expect(stderr()).not.toContain('did you mean')
    }
  })
})
