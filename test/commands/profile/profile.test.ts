import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { profileAdd, profileList, profileRemove, profileShow, profileUse } from '../../../src/commands/profile/index.ts'
import { gatherSettings } from '../../../src/lib/config/settings/gather.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { atTerminal, createContext, type ContextOptions } from '../../support/context.ts'
import { runCommand } from '../../support/run-command.ts'
import { createSettingsHome, type SettingsHome } from '../../support/settings-home.ts'

let world: SettingsHome

beforeEach(() => {
  world = createSettingsHome()
})
afterEach(() => world.remove())

function run(command: Command, line: readonly string[], { env = {}, ...options }: ContextOptions = {}) {
  return runCommand(command, line, { cwd: world.cwd, ...options, env: { ...world.env, ...env } })
}

const add = (...line: string[]) => run(profileAdd as never, line)
const kept = (): string => readFileSync(world.files.profiles, 'utf8')

describe('profile add', () => {
  it('notes a cluster in a file that only its owner reads', async () => {
    const { data, text } = await add(
      'prod',
      '-b',
      'k1:9092,k2:9092',
      '--property',
      'security.protocol=SSL',
      '--property',
      'acks=1',
      '--read-only',
      '--confirm',
    )
    expect(kept()).toBe(
      'profiles:\n  prod:\n    bootstrap-server: k1:9092,k2:9092\n    properties:\n      security.protocol: SSL\n      acks: 1\n    read-only: true\n    confirm: true\n',
    )
    expect(statSync(world.files.profiles).mode & 0o777).toBe(0o600)
    expect(statSync(join(world.files.profiles, '..')).mode & 0o777).toBe(0o700)
    expect(data).toEqual({ profile: 'prod', file: world.files.profiles, inUse: false })
    expect(text).toBe(
      `Added the profile prod to ${world.files.profiles}. To use it: kts profile use prod, or --profile prod.\n`,
    )
  })

  it('keeps what else stands in the file, comments and all, and what the file is a link to', async () => {
    const target = join(world.home, 'dotfiles.yaml')
    world.write(world.files.profiles, '')
    writeFileSync(target, '# mine\nprofiles:\n  dev: { local: true } # the box\n', { mode: 0o644 })
    const { rmSync } = await import('node:fs')
    rmSync(world.files.profiles)
    symlinkSync(target, world.files.profiles)
    await add('stage', '--local')
    expect(readFileSync(target, 'utf8')).toBe(
      '# mine\nprofiles:\n  dev: { local: true } # the box\n  stage:\n    local: true\n',
    )
    expect(statSync(target).mode & 0o777).toBe(0o600)
  })

  it('writes lines of its own again after the last profile was removed', async () => {
    await add('a', '--local')
    await run(profileRemove as never, ['a'])
    await add('b', '--local')
    expect(kept()).toBe('profiles:\n  b:\n    local: true\n')
  })

  it('remembers where a properties file is, for whatever folder', async () => {
    world.write(join(world.cwd, 'me.properties'), 'bootstrap.servers=f:1\n')
    await add('file', '--command-config', 'me.properties')
    expect(kept()).toBe(`profiles:\n  file:\n    command-config: ${world.cwd}/me.properties\n`)
  })

  it('asks for a value at a terminal, and does not show it', async () => {
    const { stderr } = await run(
      profileAdd as never,
      ['p', '-b', 'a:1', '--property', 'sasl.password=-'],
      atTerminal('h${un}ter2\n'),
    )
    expect(stderr).toBe('sasl.password: \n')
    const { context } = createContext({ env: world.env, cwd: world.cwd })
    expect((await gatherSettings({ profile: 'p' }, context)).properties.get('sasl.password')?.value).toBe('h${un}ter2')
  })

  it('reads it from stdin elsewhere', async () => {
    const stdin = new PassThrough().end('hunter2\n')
    expect(
      (await run(profileAdd as never, ['p', '-b', 'a:1', '--property', 'sasl.password=-'], { stdin })).stderr,
    ).toBe('')
    expect(kept()).toContain('sasl.password: hunter2\n')
    await expect(run(profileAdd as never, ['q', '-b', 'a:1', '--property', 'sasl.password=-'])).rejects.toThrow(
      'sasl.password needs a value',
    )
  })

  it('warns of a secret on the command line without repeating it', async () => {
    const { stderr } = await add(
      'p',
      '-b',
      'a:1',
      '--property',
      'sasl.password=hunter2',
      '--property',
      'ssl.key.password=${KEY}',
    )
    expect(stderr).toBe(
      'kts test: warning: sasl.password stood on the command line, which shells remember; sasl.password=- is asked for instead\n',
    )
  })

  it.each([
    [['a b', '--local'], '"a b" cannot be the name of a profile'],
    [[], 'name the profile'],
    [['a', 'b', '--local'], 'unexpected argument "b"'],
    [['a'], 'say where the cluster is: --bootstrap-server, --local'],
    [['a', '-b', 'here:x'], '--bootstrap-server: "here:x" is not a server address'],
    [['a', '-b', 'a:1', '--local'], '--bootstrap-server and --local contradict each other'],
    [['a', '--command-config', 'none.properties'], 'none.properties cannot be read'],
    [['a', '--local', '--property', 'acks'], '--property takes KEY=VALUE, and "acks" is none'],
    [['a', '--local', '--property', 'ack=1'], 'ack is not a property of a Kafka client; did you mean acks?'],
    [['a', '--local', '--property', 'request.timeout.ms=soon'], 'request.timeout.ms=soon is not valid'],
    [['a', '--local', '--property', 'bootstrap.servers=a:1'], 'bootstrap.servers is given with --bootstrap-server'],
    [
      ['a', '--local', '--property', 'sasl.password=-', '--property', 'ssl.key.password=-'],
      'only one property can be asked for',
    ],
    [['there', '--local'], 'there is a profile there already: edit it in'],
  ])('refuses %j', async (line, message) => {
    await add('there', '--local')
    const before = kept()
    await expect(add(...line)).rejects.toThrow(UserError)
    await expect(add(...line)).rejects.toThrow(message)
    expect(kept()).toBe(before)
  })
})

describe('profile use', () => {
  const use = (line: readonly string[], options?: ContextOptions) => run(profileUse as never, line, options)

  beforeEach(async () => {
    await add('dev', '--local', '--use')
    await add('prod', '-b', 'k1:9092')
  })

  it('changes which one is in use, in a file of its own', async () => {
    const before = kept()
    expect(readFileSync(world.files.current, 'utf8')).toBe('dev\n')
    expect(await use(['prod'])).toMatchObject({
      data: { profile: 'prod' },
      text: 'The profile prod is in use.\n',
      stderr: '',
    })
    expect(readFileSync(world.files.current, 'utf8')).toBe('prod\n')
    expect(kept()).toBe(before)
    expect(await use(['--none'])).toMatchObject({ data: { profile: null } })
    expect((await run(profileList as never, [])).data).toMatchObject([{ inUse: false }, { inUse: false }])
  })

  it('says where something else goes before it', async () => {
    expect((await use(['prod'], { env: { KTS_BOOTSTRAP_SERVERS: 'v:1' } })).stderr).toBe(
      'kts test: but here KTS_BOOTSTRAP_SERVERS goes before it\n',
    )
    world.write(world.files.project, 'profile: dev\n')
    expect((await use(['prod'])).stderr).toBe(`kts test: but here ${world.files.project}:1 goes before it\n`)
  })

  it('refuses a name that is none, and one beside --none', async () => {
    await expect(use(['prd'])).rejects.toThrow(new UserError('there is no profile "prd"; did you mean prod?'))
    await expect(use(['prod', '--none'])).rejects.toThrow('--none and a name exclude each other')
    expect(readFileSync(world.files.current, 'utf8')).toBe('dev\n')
  })
})

describe('profile list', () => {
  it('shows the one in use here, and does so without its secrets', async () => {
    expect(await run(profileList as never, [])).toMatchObject({
      data: [],
      text: '',
      table: 'There are no profiles yet: kts profile add makes one.\n',
    })
    await add('dev', '--local', '--use')
    await add('prod', '-b', 'k1:9092', '--property', 'sasl.password=${NOT_SET}', '--read-only', '--confirm')
    await run(profileUse as never, ['prod'])
    const { data, text, table } = await run(profileList as never, [])
    expect(data).toEqual([
      { profile: 'dev', inUse: false, bootstrapServers: 'localhost:9092', readOnly: false, confirm: false },
      { profile: 'prod', inUse: true, bootstrapServers: 'k1:9092', readOnly: true, confirm: true },
    ])
    expect(text).toBe('dev\nprod\n')
    expect(table?.split('\n').slice(1)).toEqual([
      '   dev      localhost:9092',
      '*  prod     k1:9092         read-only, confirm',
      '',
    ])
    expect((await run(profileList as never, [], { env: { KTS_PROFILE: 'dev' } })).data).toMatchObject([
      { inUse: true },
      { inUse: false },
    ])
  })
})

describe('profile show', () => {
  it('hides secrets, but not which variable holds one', async () => {
    await add(
      'prod',
      '-b',
      'k1:9092',
      '--property',
      'sasl.username=ada',
      '--property',
      'sasl.password=hunter2',
      '--property',
      'ssl.key.password=${KEY}',
      '--property',
      'sasl.jaas.config=x "${KEY}hunter3";',
      '--use',
    )
    const { data, text, table } = await run(profileShow as never, [])
    expect(data).toEqual({
      profile: 'prod',
      file: world.files.profiles,
      bootstrapServer: 'k1:9092',
      local: false,
      commandConfig: null,
      readOnly: false,
      confirm: false,
      properties: {
        'sasl.username': 'ada',
        'sasl.password': '[hidden]',
        'ssl.key.password': '${KEY}',
        'sasl.jaas.config': '[hidden]',
      },
    })
    expect(text).toBe(
      `profile=prod\nfile=${world.files.profiles}\nbootstrap-server=k1:9092\nsasl.username=ada\nsasl.password=[hidden]\nssl.key.password=\${KEY}\nsasl.jaas.config=[hidden]\n`,
    )
    expect(text + table).not.toContain('hunter')
  })

  it('needs a name where none is in use', async () => {
    await expect(run(profileShow as never, [])).rejects.toThrow(
      new UserError('no profile is in use: name one (kts profile list shows them)'),
    )
    await expect(run(profileShow as never, ['x'])).rejects.toThrow('there is no profile "x"')
  })
})

describe('profile remove', () => {
  const remove = (line: readonly string[], options?: ContextOptions) => run(profileRemove as never, line, options)

  beforeEach(() => add('dev', '--local', '--use'))

  it('forgets it, and that it was in use', async () => {
    await add('prod', '-b', 'k1:9092')
    expect(await remove(['prod'])).toMatchObject({
      data: { profile: 'prod', removed: true },
      text: 'Removed the profile prod.\n',
    })
    expect(kept()).toBe('profiles:\n  dev:\n    local: true\n')
    expect((await remove(['dev'])).text).toBe('Removed the profile dev. No profile is in use now.\n')
    expect((await run(profileList as never, [])).data).toEqual([])
    await expect(run(profileShow as never, [])).rejects.toThrow('no profile is in use')
  })

  it('asks at a terminal', async () => {
    const no = await remove(['dev'], atTerminal('n\n'))
    expect(no).toMatchObject({
      data: { removed: false },
      stderr: `Remove the profile dev, and what it keeps, from ${world.files.profiles}? [y/N] `,
    })
    expect(kept()).toContain('dev')
    expect((await remove(['dev', '--yes'], atTerminal(''))).data).toMatchObject({ removed: true })
  })
})
