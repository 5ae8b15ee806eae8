import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_FOLDER } from '../support/context.ts'
import { root, runTool, temporaryFolder } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

const folder = temporaryFolder()
let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
})
afterAll(async () => {
  await broker.close()
  folder.remove()
})

const shell = (line: string) => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { ...process.env, XDG_CONFIG_HOME: NO_FOLDER, B: broker.bootstrap, KTS: join(root, 'bin') },
  })
  return { code: status, stdout, stderr }
}

test.each([
  ['node $KTS/kts produce -t folder -b $B < .', 'kts produce: stdin cannot be read: it is a folder\n'],
  [
    'node $KTS/kts produce -t folder -b $B --transactional-id x < .',
    'kts produce: stdin cannot be read: it is a folder\n',
  ],
  ['node $KTS/kts produce -t folder -b $B --input-file .', 'kts produce: . cannot be read: it is a folder\n'],
  [
    'node $KTS/kafka-console-producer --topic folder --bootstrap-server $B < .',
    'kafka-console-producer: stdin cannot be read: it is a folder\n',
  ],
  [
    'node $KTS/kts profile add p -b $B --property sasl.jaas.config=- < .',
    'kts profile add: stdin cannot be read: it is a folder\n',
  ],
  [
    'node $KTS/kts produce -t folder -b $B 0>> lines',
    'kts produce: stdin cannot be read: it is not open for reading\n',
  ],
])('%s is refused in one line', (line, stderr) => {
  expect(shell(line)).toEqual({ code: 1, stdout: '', stderr })
})

test.each(['<&-', '< /dev/null'])('%s is an empty input', (input) => {
  expect(shell(`node $KTS/kts produce -t empty -b $B ${input}`)).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('a time before 1970 and a byte order mark go in, and come out as they were', async () => {
  const args = ['-t', 'odd', '-b', broker.bootstrap, '--json']
  await runTool('kts', ['topics', '--create', '--topic', 'odd', '-b', broker.bootstrap])
  expect(
    await runTool('kts', ['produce', ...args], { input: '\ufeff{"value":"a","timestamp":-1000}\n' }),
  ).toMatchObject({ code: 0, stderr: '' })
  const dump = await runTool('kts', ['consume', ...args, '--to-end'])
  expect(JSON.parse(dump.stdout)).toMatchObject({ value: 'a', timestamp: -1000 })
  expect(await runTool('kts', ['produce', ...args], { input: dump.stdout })).toMatchObject({ code: 0, stderr: '' })
})
