import { afterEach, beforeEach, expect, it } from 'vitest'
import { config } from '../../../src/commands/config/index.ts'
import { defaultOutput } from '../../../src/lib/work/default-output.ts'
import { createContext, type ContextOptions } from '../../support/context.ts'
import { runCommand } from '../../support/run-command.ts'
import { createSettingsHome, type SettingsHome } from '../../support/settings-home.ts'
import { readProject } from '../../../src/lib/config/settings/project-file.ts'

let world: SettingsHome

beforeEach(() => {
  world = createSettingsHome()
  world.write(
    world.files.profiles,
    'profiles:\n  prod:\n    bootstrap-server: k1:9092\n    properties: { sasl.password: hunter2, acks: 1 }\n    read-only: true\n',
  )
})
afterEach(() => world.remove())

const run = (line: readonly string[], { env = {}, ...options }: ContextOptions = {}) =>
  runCommand(config as never, line, { cwd: world.cwd, ...options, env: { ...world.env, ...env } })

it('shows what holds, and with --origin where it comes from', async () => {
  const line = ['--profile', 'prod', '-X', 'acks=all']
  const { data, text } = await run(line, { env: { KTS_OUTPUT: 'json', KTS_CLIENT_RETRIES: '7' } })
  expect(text).toBe(
    'profile=prod\nbootstrap-server=k1:9092\nread-only=true\nconfirm=false\noutput=json\nacks=all\nretries=7\nsasl.password=[hidden]\n',
  )
  expect(data).toContainEqual({ name: 'acks', value: 'all' })
  const explained = await run([...line, '--origin'], { env: { KTS_OUTPUT: 'json', KTS_CLIENT_RETRIES: '7' } })
  expect(explained.data).toEqual([
    { name: 'profile', value: 'prod', origin: '--profile' },
    { name: 'bootstrap-server', value: 'k1:9092', origin: 'the profile prod' },
    { name: 'read-only', value: true, origin: 'the profile prod' },
    { name: 'confirm', value: false, origin: 'the default' },
    { name: 'output', value: 'json', origin: 'KTS_OUTPUT' },
    { name: 'acks', value: 'all', origin: '-X acks' },
    { name: 'retries', value: '7', origin: 'KTS_CLIENT_RETRIES' },
    { name: 'sasl.password', value: '[hidden]', origin: 'the profile prod' },
  ])
  expect(explained.text).toContain('sasl.password=[hidden]\tthe profile prod\n')
  expect(explained.table).toMatch(/^\S*SETTING.*VALUE.*ORIGIN/)
})

it('shows the defaults where nothing is set', async () => {
  expect((await run(['--origin'])).data).toEqual([
    { name: 'profile', value: null, origin: 'the default' },
    { name: 'bootstrap-server', value: 'localhost:9092', origin: 'the default' },
    { name: 'read-only', value: false, origin: 'the default' },
    { name: 'confirm', value: false, origin: 'the default' },
    { name: 'output', value: 'table or text', origin: 'the default' },
  ])
})

it('hides what may be a secret although nobody has declared it', async () => {
  world.write(`${world.cwd}/f.properties`, 'my.pasword=hunter2\nclient.id=me\n')
  expect((await run(['--command-config', 'f.properties', '--origin'])).text).toContain(
    'client.id=me\tf.properties\nmy.pasword=[hidden]\tf.properties\n',
  )
})

it('takes the format of answers from a variable, then the project, for commands that have it', async () => {
  async function format(env: Record<string, string> = {}, formats?: Parameters<typeof defaultOutput>[2]) {
    const { context } = createContext({ cwd: world.cwd, env: { ...world.env, ...env } })
    return defaultOutput(context, await readProject(context), formats)
  }
  expect(await format()).toBeUndefined()
  world.write(world.files.project, 'output: yaml\n')
  expect(await format()).toBe('yaml')
  expect(await format({ KTS_OUTPUT: 'json' })).toBe('json')
  expect(await format({ KTS_OUTPUT: 'json' }, ['text'])).toBeUndefined()
  await expect(format({ KTS_OUTPUT: 'jsno' })).rejects.toThrow(
    'KTS_OUTPUT: "jsno" is not an output format; did you mean json?',
  )
  world.write(world.files.project, 'output: xml\n')
  await expect(format()).rejects.toThrow(
    `${world.files.project}:1: "xml" is not an output format; there are table, text`,
  )
})
