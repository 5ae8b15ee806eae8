import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FakeBroker } from '../support/fake-broker.ts'
import { root, runTool, temporaryFolder } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

const stored = (name: string): string => fileURLToPath(new URL(`../support/stores/${name}`, import.meta.url))
const folder = temporaryFolder()
let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
  await runTool('kts', ['topics', '--create', '--topic', 'pin', '-b', broker.bootstrap])
})
afterAll(async () => {
  await broker.close()
  folder.remove()
})

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder.path, name), content)
  return join(folder.path, name)
}

/** An address of this machine where nothing listens: whoever asks there has asked too early. */
const NOWHERE = '127.0.0.1:1'

describe('what is wrong with a file of the user is said before anything is sent', () => {
  const ssl = (more: string): string => `security.protocol=SSL\nssl.truststore.location=${stored('root.crt')}\n${more}`

  test.each([
    [
      'a wrong password',
      ssl(`ssl.keystore.location=${stored('aes.p12')}\nssl.keystore.password=wrong\n`),
      `ssl.keystore.password does not open ${stored('aes.p12')}`,
    ],
    [
      'no password',
      ssl(`ssl.keystore.location=${stored('aes.p12')}\n`),
      `ssl.keystore.password is missing: ${stored('aes.p12')} is encrypted`,
    ],
    [
      'a store that is not there',
      ssl('ssl.keystore.location=/none.p12\n'),
      'ssl.keystore.location: /none.p12 cannot be read: there is no such file',
    ],
    [
      'trust in nothing',
      'security.protocol=SSL\nssl.truststore.certificates=nothing\n',
      'ssl.truststore.certificates holds no certificate to trust',
    ],
    [
      'a login that cannot be read',
      'security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=PlainLoginModule required username="a\n',
      'sasl.jaas.config cannot be read: it does not end with a semicolon',
    ],
    [
      'a name that is nearly right',
      'security.protocl=SSL\n',
      'security.protocl is not a property of a Kafka client; did you mean security.protocol?',
    ],
  ])('%s', async (_, properties, sentence) => {
    const config = file('client.properties', properties)
    const mine = await runTool('kts', ['topics', '--list', '-b', NOWHERE, '--command-config', config])
    expect(mine).toMatchObject({ code: 2, stdout: '' })
    expect(mine.stderr).toContain(sentence)
    expect(mine.stderr.trim().split('\n')).toHaveLength(1)
    const theirs = await runTool('kafka-topics', ['--list', '--bootstrap-server', NOWHERE, '--command-config', config])
    expect(theirs.code).toBe(1)
    expect(theirs.stdout + theirs.stderr).toContain(sentence)
  })
})

describe('servers whose property is nearly right are not localhost', () => {
  test.each(['bootstrap.server', 'bootstrap-servers', 'bootstrap_servers', 'metadata.broker.list'])(
    '%s',
    async (name) => {
      const said = `${name} is not a property of a Kafka client; did you mean bootstrap.servers?`
      const config = file('servers.properties', `${name}=${broker.bootstrap}\n`)
      const inFile = await runTool('kts', ['topics', '--list', '--command-config', config])
      expect(inFile).toMatchObject({ code: 2, stdout: '' })
      expect(inFile.stderr).toContain(`${config}: ${said}`)
      expect(await runTool('kts', ['topics', '--list', '-X', `${name}=${broker.bootstrap}`])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(said) as string,
      })
      expect(
        await runTool('kts', ['produce', '--topic', 'pin', '--command-property', `${name}=${broker.bootstrap}`]),
      ).toMatchObject({ code: 2, stderr: expect.stringContaining(said) as string })
    },
  )

  test('and those among the properties of a producer are taken', async () => {
    expect(
      await runTool(
        'kts',
        ['produce', '--topic', 'pin', '--command-property', `bootstrap.servers=${broker.bootstrap}`],
        { input: 'x\n' },
      ),
    ).toMatchObject({ code: 0 })
  })
})

test('a properties file from a pipe is read once, and counts', async () => {
  const kts = `'${process.execPath}' '${join(root, 'bin', 'kts')}'`
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    `${kts} topics --list --command-config <(echo bootstrap.servers=${broker.bootstrap})`,
  ])
  expect(stdout).toContain('pin')
})

test('a byte order mark is no part of what follows it, in any file', async () => {
  const config = file('marked.properties', `\ufeffbootstrap.servers=${broker.bootstrap}\n`)
  const at = ['--command-config', config]
  expect(await runTool('kts', ['topics', '--list', ...at])).toMatchObject({ code: 0, stderr: '' })
  await runTool('kts', ['topics', '--create', '--topic', 'marked', ...at])
  expect(
    await runTool('kts', ['produce', '--topic', 'marked', '--json', ...at], { input: '\ufeff{"value":"a"}\n' }),
  ).toMatchObject({ code: 0 })
  expect(
    await runTool('kts', ['produce', '--topic', 'marked', '--input-file', file('lines.txt', '\ufeffb\n'), ...at]),
  ).toMatchObject({ code: 0 })
  expect((await runTool('kts', ['consume', '--topic', 'marked', '--from-beginning', '--to-end', ...at])).stdout).toBe(
    'a\nb\n',
  )
  const offsets = file('offsets.json', '\ufeff{"partitions":[{"topic":"marked","partition":0,"offset":1}]}')
  expect(await runTool('kts', ['delete-records', '--offset-json-file', offsets, '--yes', ...at])).toMatchObject({
    code: 0,
  })
})

test.each([
  ['a bad escape', 'node.id=\\u00g1\n', 'is not a properties file'],
  ['a folder', undefined, 'it is a folder'],
])('server.properties with %s is refused in one line', async (_, content, reason) => {
  const path = content === undefined ? folder.path : file('server.properties', content)
  const { code, stderr } = await runTool('kts', ['broker', 'start', path])
  expect(code).toBe(2)
  expect(stderr).toContain(reason)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('NODE_TLS_REJECT_UNAUTHORIZED=0 switches no check off', async () => {
  const secure = await FakeBroker.start({
    tls: { cert: readFileSync(stored('server.crt')), key: readFileSync(stored('server.key')) },
  })
  const { code, stderr } = await runTool(
    'kts',
    ['topics', '--list', '-b', secure.address, '-X', 'security.protocol=SSL'],
    { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
  )
  await secure.stop()
  expect(code).toBe(1)
  expect(stderr).toContain('is not trusted')
  expect(stderr).not.toMatch(/insecure|routines/)
})
