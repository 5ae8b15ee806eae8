import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { storage } from '../../../src/commands/storage/index.ts'
import { readSnapshot } from '../../../src/lib/protocol/log-files/index.ts'
import { decodeMetadataRecord } from '../../../src/lib/protocol/internal-records/index.ts'
import { temporaryFolder } from '../../support/kts.ts'
import { runCommand } from '../../support/run-command.ts'

const CLUSTER = 'MkU3OEVBNTcwNTJENDM2Qk'
const DYNAMIC = 'controller.quorum.bootstrap.servers=localhost:9193'

let folder: ReturnType<typeof temporaryFolder>
let file: string
let data: string
beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'server.properties')
  data = join(folder.path, 'data')
  settings(DYNAMIC)
})
afterEach(() => folder.remove())

function settings(...lines: string[]): void {
  const all = [
    'process.roles=broker,controller',
    'node.id=1',
    'listeners=PLAINTEXT://:9092,CONTROLLER://:9193',
    'advertised.listeners=PLAINTEXT://localhost:9092',
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    `log.dirs=${data}`,
    ...lines,
  ]
  writeFileSync(file, all.join('\n'))
}

const apache = (...args: string[]) => runCommand(storage, args, { style: 'drop-in' })
const format = (...args: string[]) => apache('format', '-t', CLUSTER, '-c', file, ...args)
const records = () => readSnapshot(readFileSync(join(data, 'bootstrap.checkpoint'))).values.map(decodeMetadataRecord)

describe('kafka-storage', () => {
  test('random-uuid prints an id', async () => {
    expect((await apache('random-uuid')).text).toMatch(/^[\w-]{22}\n$/)
  })

  test('format --standalone makes a folder with its first voter, in the words of Kafka', async () => {
    const { text } = await format('--standalone')
    expect(text).toMatch(
      /^Bootstrap metadata: BootstrapMetadata\(records=\[ApiMessageAndVersion\(FeatureLevelRecord\(name='metadata.version', featureLevel=30\) at version 0\), .*, metadataVersionLevel=30, source=format command\)\n/,
    )
    expect(text).toContain(`Formatting dynamic metadata voter directory ${data} with metadata.version 4.3-IV0.\n`)
    const { kraftVersion, voters } = readSnapshot(
      readFileSync(join(data, '__cluster_metadata-0', '00000000000000000000-0000000000.checkpoint')),
    )
    const directoryId = /directory\.id=(.*)/.exec(readFileSync(join(data, 'meta.properties'), 'utf8'))![1]
    expect(kraftVersion).toBe(1)
    expect(voters).toMatchObject([
      { voterId: 1, voterDirectoryId: directoryId, endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9193 }] },
    ])
  })

  test('info says whose a folder is', async () => {
    expect(await apache('info', '-c', file)).toMatchObject({
      text: `Found problem:\n  ${data} does not exist\n\n`,
      exitCode: 1,
    })
    await format('-s')
    const { text, exitCode } = await apache('info', '-c', file)
    expect(exitCode).toBe(0)
    expect(text).toMatch(
      new RegExp(
        `^Found log directory:\n  ${data}\n\nFound metadata: \\{cluster\\.id=${CLUSTER}, directory\\.id=[\\w-]{22}, node\\.id=1, version=1\\}\n\n$`,
      ),
    )
  })

  test('format leaves what is formatted, and refuses it without --ignore-formatted', async () => {
    await format('-s')
    await expect(format('-s')).rejects.toThrow(
      `Log directory ${data} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`,
    )
    expect((await format('-s', '-g')).text).toBe('All of the log directories are already formatted.\n')
    await expect(apache('format', '-t', 'other', '-c', file, '-s', '-g')).rejects.toThrow(
      `Invalid cluster.id in: ${data}/meta.properties. Expected other, but read ${CLUSTER}`,
    )
  })

  test('voters that are settings need no first controllers, and allow none', async () => {
    await expect(format()).rejects.toThrow('you must specify one of the following: --standalone')
    settings('controller.quorum.voters=1@localhost:9193')
    await expect(format('-s')).rejects.toThrow('You cannot specify controller.quorum.voters and format the node')
    expect((await format()).text).toContain(`Formatting metadata directory ${data} with`)
    expect(existsSync(join(data, '__cluster_metadata-0'))).toBe(false)
  })

  test('format --feature, --release-version and --add-scram go into the first metadata', async () => {
    await format('-N', '-f', 'group.version=0', '-S', 'SCRAM-SHA-256=[name=alice,password=alice-secret]')
    const levels = records().flatMap((record) =>
      record.type === 'FEATURE_LEVEL_RECORD' ? [`${record.name}=${record.featureLevel}`] : [],
    )
    expect(levels).toEqual(['metadata.version=30', 'eligible.leader.replicas.version=1', 'transaction.version=2'])
    expect(records().at(-1)).toMatchObject({ type: 'USER_SCRAM_CREDENTIAL_RECORD', name: 'alice', iterations: 4096 })
  })

  test.each([
    [
      ['-f', 'foo=1'],
      'Unsupported feature: foo. Supported features are: eligible.leader.replicas.version, group.version',
    ],
    [['-f', 'group.version=9'], 'No feature:group.version with feature level 9'],
    [['-f', 'kraft.version=0'], 'Cannot set kraft.version to 0 if'],
    [['-r', '9.9'], "Unknown metadata.version '9.9'. Supported metadata.version are: 3.3-IV3"],
    [['-r', '4.0', '-f', 'metadata.version=25'], 'Use --release-version instead of --feature metadata.version=X'],
    [['-S', 'SCRAM-SHA-9=[x]'], 'The add-scram mechanism SCRAM-SHA-9 is not supported.'],
    [['-S', 'SCRAM-SHA-256=[name=a]'], "You must supply one of 'password' or 'saltedpassword' to add-scram"],
    [['-S', 'SCRAM-SHA-256=[name=a,password=b,iterations=1]'], "The 'iterations' value must be >= 4096 for add-scram"],
    [['-I', '1@localhost:9193:JEXY6aqzQY-32P5TStzaFg'], '--standalone, --no-initial-controllers and'],
  ])('refuses %j', async (args, message) => {
    await expect(format('-s', ...args)).rejects.toThrow(message)
    expect(existsSync(data)).toBe(false)
  })

  test('kts storage format takes the file as a word, and chooses an id', async () => {
    const { data: made } = await runCommand(storage, ['format', file, '-s'])
    expect(made).toMatchObject({ nodeId: 1, formatted: [data], features: { 'share.version': 0 } })
  })
})
