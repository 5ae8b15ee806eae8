import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gatherSettings } from '../../../../src/lib/config/settings/gather.ts'
import type { ConnectionValues } from '../../../../src/lib/config/settings/command-line.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import { createContext, type ContextOptions } from '../../../support/context.ts'
import { createSettingsHome, type SettingsHome } from '../../../support/settings-home.ts'

const PROFILES = `
# my clusters
profiles:
  dev: { local: true }
  prod:
    bootstrap-server: [k1:9092, k2:9092]
    properties:
      sasl.password: \${PROD_PASSWORD}
      client.id: price\$\${ING}
      ssl.truststore.location: ~/ca.pem
      ssl.keystore.location: keys/me.p12
      request.timeout.ms: 4000
    read-only: true
  stage:
    command-config: ../stage.properties
    properties:
      acks: 1
    confirm: true
`

let world: SettingsHome

beforeEach(() => {
  world = createSettingsHome()
  world.write(world.files.profiles, PROFILES)
  world.write(join(world.home, 'config', 'stage.properties'), 'bootstrap.servers=s1:9092\nacks=all\nretries=3\n')
})
afterEach(() => world.remove())

const gather = (values: ConnectionValues = {}, { env = {}, ...options }: ContextOptions = {}) =>
  gatherSettings(
    values,
    createContext({ cwd: world.cwd, ...options, env: { ...world.env, PROD_PASSWORD: 'secret', ...env } }).context,
  )

async function inForce(values: ConnectionValues = {}, options: ContextOptions = {}): Promise<Record<string, string>> {
  const { settings, properties } = await gather(values, options)
  return Object.fromEntries(
    [...Object.entries(settings), ...properties].map(([name, { value, origin }]) => [name, `${value} < ${origin}`]),
  )
}

const profile = (name: string): void => world.write(world.files.current, `${name}\n`)
const project = (text: string): void => world.write(world.files.project, text)

describe('the order', () => {
  it('is: option, -X, variable, --command-config, profile, and the origin of each is told', async () => {
    const file = join(world.home, 'f.properties')
    world.write(file, 'client.id=file\nretries=9\nacks=0\n')
    const env = { KTS_CLIENT_CLIENT_ID: 'variable', KTS_CLIENT_RETRIES: '8', KTS_OUTPUT: 'yaml' }
    expect(await inForce({ profile: 'stage', commandConfig: file, clientProperty: ['client.id=x'] }, { env })).toEqual({
      profile: 'stage < --profile',
      servers: 's1:9092 < ' + `${join(world.home, 'config', 'stage.properties')}, of the profile stage`,
      confirm: 'true < the profile stage',
      output: 'yaml < KTS_OUTPUT',
      'client.id': 'x < -X client.id',
      retries: '8 < KTS_CLIENT_RETRIES',
      acks: `0 < ${file}`,
    })
  })

  it('has the default last', async () => {
    expect(await inForce()).toEqual({ servers: 'localhost:9092 < the default' })
  })

  it('lets the properties of a profile go before its properties file', async () => {
    expect(await inForce({ profile: 'stage' })).toMatchObject({
      acks: '1 < the profile stage',
      retries: expect.stringMatching(/^3 < .*stage.properties, of the profile stage$/) as string,
    })
  })
})

describe('the cluster', () => {
  it('is that of the profile in use, of the one of a project before it, of KTS_PROFILE before that, and of --profile first', async () => {
    profile('stage')
    expect(await inForce()).toMatchObject({ profile: 'stage < kts profile use' })
    project('profile: dev\n')
    expect(await inForce()).toMatchObject({
      profile: `dev < ${world.files.project}:1`,
      servers: 'localhost:9092 < the profile dev',
    })
    expect(await inForce({}, { env: { KTS_PROFILE: 'prod' } })).toMatchObject({ profile: 'prod < KTS_PROFILE' })
    expect(await inForce({ profile: 'stage' }, { env: { KTS_PROFILE: 'prod' } })).toMatchObject({
      profile: 'stage < --profile',
    })
  })

  it.each([
    [{ bootstrapServer: 'o:1' }, {}, 'o:1 < --bootstrap-server'],
    [{ clientProperty: ['bootstrap.servers=o:1'] }, {}, 'o:1 < -X bootstrap.servers'],
    [{ local: true }, {}, 'localhost:9092 < --local'],
    [{}, { KTS_BOOTSTRAP_SERVERS: 'v:1' }, 'v:1 < KTS_BOOTSTRAP_SERVERS'],
    [{}, { KTS_LOCAL: '1', KTS_LOCAL_PORT: '77' }, 'localhost:77 < KTS_LOCAL'],
  ])('is taken whole: %j %j leaves nothing of the profile in use, nor of a project', async (values, env, servers) => {
    profile('prod')
    expect(await inForce(values, { env })).toEqual({ servers })
    project('bootstrap-server: p:1\nproperties: { security.protocol: SSL }\noutput: json\n')
    expect(await inForce(values, { env })).toEqual({ servers, output: `json < ${world.files.project}:3` })
  })

  it('is not KTS_BOOTSTRAP_SERVERS when the command line names a profile', async () => {
    expect(await inForce({ profile: 'prod' }, { env: { KTS_BOOTSTRAP_SERVERS: 'v:1' } })).toMatchObject({
      servers: 'k1:9092,k2:9092 < the profile prod',
    })
  })

  it('may be another server of a profile that the command line names, under the guards of that', async () => {
    expect(await inForce({ profile: 'prod', bootstrapServer: 'k3:9092' })).toMatchObject({
      servers: 'k3:9092 < --bootstrap-server',
      readOnly: 'true < the profile prod',
      'sasl.password': 'secret < the profile prod (PROD_PASSWORD)',
    })
  })

  it('is not guessed where two variables contradict each other', async () => {
    await expect(gather({}, { env: { KTS_PROFILE: 'prod', KTS_BOOTSTRAP_SERVERS: 'v:1' } })).rejects.toThrow(
      'KTS_BOOTSTRAP_SERVERS and KTS_PROFILE contradict each other',
    )
    await expect(gather({ profile: 'prod', local: true })).rejects.toThrow(
      '--local and --profile contradict each other',
    )
    expect(
      await inForce({ bootstrapServer: 'o:1' }, { env: { KTS_PROFILE: 'prod', KTS_BOOTSTRAP_SERVERS: 'v:1' } }),
    ).toEqual({ servers: 'o:1 < --bootstrap-server' })
  })

  it('is started where it is the broker in the box', async () => {
    expect((await gather({ profile: 'dev' })).settings.servers).toMatchObject({ isBox: true })
    project('local: true\n')
    expect((await gather()).settings.servers).toEqual({
      value: 'localhost:9092',
      origin: `${world.files.project}:1`,
      isBox: true,
    })
  })
})

describe('a profile', () => {
  it('fills in variables, and finds its files from its own folder or the home', async () => {
    expect(await inForce({ profile: 'prod' })).toEqual({
      profile: 'prod < --profile',
      servers: 'k1:9092,k2:9092 < the profile prod',
      readOnly: 'true < the profile prod',
      'sasl.password': 'secret < the profile prod (PROD_PASSWORD)',
      'client.id': 'price${ING} < the profile prod',
      'request.timeout.ms': '4000 < the profile prod',
      'ssl.truststore.location': `${world.home}/ca.pem < the profile prod`,
      'ssl.keystore.location': `${world.home}/config/kts/keys/me.p12 < the profile prod`,
    })
  })

  it('needs its variables only when it is used', async () => {
    const without = { env: { PROD_PASSWORD: undefined } as never }
    await expect(gather({ profile: 'prod' }, without)).rejects.toThrow(
      'sasl.password in the profile prod takes the variable PROD_PASSWORD, which is not set',
    )
    expect(await inForce({ profile: 'dev' }, without)).toMatchObject({ profile: 'dev < --profile' })
  })

  it.each([
    ['pord', 'there is no profile "pord" (from --profile); did you mean prod?'],
    ['other', 'there is no profile "other" (from --profile); there are dev, prod, stage'],
  ])('%s is not there', async (name, message) => {
    await expect(gather({ profile: name })).rejects.toThrow(new UserError(message))
  })

  it('is nowhere to be found when there are none', async () => {
    world.write(world.files.profiles, '')
    await expect(gather({ profile: 'prod' })).rejects.toThrow('there are none yet: kts profile add makes one')
  })

  it('has to name servers', async () => {
    world.write(world.files.profiles, 'profiles:\n  x: { read-only: true }\n')
    await expect(gather({ profile: 'x' })).rejects.toThrow('the profile x says nothing of its servers')
    expect(await inForce({ profile: 'x', bootstrapServer: 'o:1' })).toMatchObject({
      servers: 'o:1 < --bootstrap-server',
    })
  })
})

describe('a bad file of profiles is named with the line', () => {
  it.each([
    ['profile:\n  x: {}\n', ':1: the file has no field "profile"; did you mean profiles?'],
    [
      'profiles:\n  x:\n    bootstap-server: a:1\n',
      ':3: the profile x has no field "bootstap-server"; did you mean bootstrap-server?',
    ],
    ['profiles:\n  x:\n    local: true\n    read-only: yes\n', ':4: read-only is true or false, not "yes"'],
    [
      'profiles:\n  x:\n    properties:\n      sasl.mechansim: PLAIN\n',
      ':4: sasl.mechansim is not a property of a Kafka client; did you mean sasl.mechanism?',
    ],
    [
      'profiles:\n  x:\n    properties:\n      request.timeout.ms: soon\n',
      ':4: request.timeout.ms=soon is not valid: a whole number is expected',
    ],
    [
      'profiles:\n  x:\n    properties:\n      bootstrap.servers: a:1\n',
      ':4: bootstrap-server, beside the properties, names the servers',
    ],
    ['profiles:\n  x:\n    properties:\n      acks: [1]\n', ':4: acks needs a value, as text'],
    [
      'profiles:\n  x:\n    bootstrap-server: a:1\n    local: true\n',
      ':4: local and bootstrap-server contradict each other in the profile x',
    ],
    ['profiles:\n  x:\n    bootstrap-server:\n', ':3: bootstrap-server needs a value'],
    ['profiles:\n  x y: {}\n', ':2: "x y" cannot be the name of a profile'],
    ['profiles:\n  - x\n', ':1: profiles holds fields, as name: value'],
    ['profiles:\n  x: {}\n  x: {}\n', ':3: not YAML that can be read: Map keys must be unique'],
    ['profiles:\n  x: &a {}\n  y: *a\n', ':3: anchors and aliases are not read here'],
    ['profiles:\n  x: !!js/function "f"\n', ':2: not YAML that can be read: Unresolved tag'],
    ['profiles: [\n', ' not YAML that can be read'],
  ])('%j', async (text, message) => {
    world.write(world.files.profiles, text)
    const failing = gather({ profile: 'x' })
    await expect(failing).rejects.toThrow(UserError)
    await expect(failing).rejects.toThrow(message)
    await expect(failing).rejects.toThrow(world.files.profiles)
    expect(((await failing.catch((error: Error) => error)) as Error).message).not.toContain('\n')
  })
})

describe('a project file', () => {
  it('gives a cluster without a login, with its files beside it, and the format of answers', async () => {
    project(
      'bootstrap-server: p:1\nproperties:\n  security.protocol: SSL\n  ssl.truststore.location: certs/ca.pem\noutput: json\n',
    )
    const file = world.files.project
    expect(await inForce()).toEqual({
      servers: `p:1 < ${file}:1`,
      'security.protocol': `SSL < ${file}:3`,
      'ssl.truststore.location': `${world.home}/shop/certs/ca.pem < ${file}:4`,
      output: `json < ${file}:5`,
    })
  })

  it('is looked for up to the home, which is none', async () => {
    world.write(join(world.home, '.kts.yaml'), 'bootstrap-server: home:1\n')
    expect(await inForce()).toEqual({ servers: 'localhost:9092 < the default' })
    world.write(join(world.cwd, '.kts.yaml'), 'bootstrap-server: near:1\n')
    project('bootstrap-server: far:1\n')
    expect(await inForce()).toMatchObject({ servers: `near:1 < ${world.cwd}/.kts.yaml:1` })
  })

  it.runIf(process.getuid?.() === 0)(
    'of somebody else in a folder that everybody may write to is passed over',
    async () => {
      const { chownSync } = await import('node:fs')
      project('bootstrap-server: p:1\n')
      const folder = join(world.home, 'shop')
      chownSync(world.files.project, 12_345, 12_345)
      expect(await inForce()).toMatchObject({ servers: `p:1 < ${world.files.project}:1` })
      chmodSync(folder, 0o777)
      expect(await inForce()).toEqual({ servers: 'localhost:9092 < the default' })
      chownSync(world.files.project, 0, 0)
      expect(await inForce()).toMatchObject({ servers: `p:1 < ${world.files.project}:1` })
    },
  )

  it.each([
    ['profile: dev\nbootstrap-server: p:1\n', ':2: profile and bootstrap-server contradict each other'],
    ['profile: dev\nproperties: { acks: 1 }\n', ':2: properties go with bootstrap-server or local'],
    ['properties: { acks: 1 }\n', ':1: properties go with bootstrap-server or local'],
    [
      'local: true\nproperties: { sasl.password: x }\n',
      ':2: sasl.password says who you are, which is not for a project file',
    ],
    ['local: true\nproperties: { ssl.keystore.location: x }\n', ':2: ssl.keystore.location says who you are'],
    ['local: true\nproperties: { ssl.key.password: x }\n', ':2: ssl.key.password says who you are'],
    ['local: true\nproperties: { client.id: "${HOME}" }\n', ':2: client.id: variables are filled in in profiles only'],
    ['local: true\nread-only: false\n', ':2: a project file has no field "read-only"'],
    ['profiles:\n  x: { local: true }\n', ':1: a project file has no field "profiles"; did you mean profile?'],
    ['bootstrap-sever: a:1\n', ':1: a project file has no field "bootstrap-sever"; did you mean bootstrap-server?'],
    ['- a\n', ':1: a project file holds fields, as name: value'],
  ])('may not say %j', async (text, message) => {
    project(text)
    await expect(gather()).rejects.toThrow(UserError)
    await expect(gather()).rejects.toThrow(`${world.files.project}${message}`)
  })

  it.each([
    [{ clientProperty: ['sasl.password=x'] }, {}, '-X sasl.password'],
    [{}, { KTS_CLIENT_SASL_JAAS_CONFIG: 'x' }, 'KTS_CLIENT_SASL_JAAS_CONFIG'],
    [{ commandConfig: 'me.properties' }, {}, 'me.properties'],
  ])('gets no login for its servers: %j %j', async (values, env, origin) => {
    world.write(join(world.cwd, 'me.properties'), 'ssl.keystore.location=me.p12\n')
    project('bootstrap-server: p:1\n')
    await expect(gather(values, { env })).rejects.toThrow(
      `(${origin}) is not sent to the servers that ${world.files.project}:1 names`,
    )
    expect(await inForce({ ...values, bootstrapServer: 'o:1' }, { env })).toMatchObject({
      servers: 'o:1 < --bootstrap-server',
    })
  })

  it('takes no guard off a cluster', async () => {
    project('bootstrap-server: other:1,K2:9092\n')
    expect(await inForce()).toMatchObject({
      profile: 'prod < the profile prod, which names k2:9092 too',
      readOnly: 'true < the profile prod, which names k2:9092 too',
    })
    project('bootstrap-server: s1:9092\n')
    expect(await inForce()).toMatchObject({ confirm: 'true < the profile stage, which names s1:9092 too' })
    expect(Object.keys(await inForce())).not.toContain('acks')
    project('bootstrap-server: k2:9093\n')
    expect(await inForce()).toEqual({ servers: `k2:9093 < ${world.files.project}:1` })
  })

  it('cannot turn to a profile that may write from the one in use that may not', async () => {
    world.write(
      world.files.profiles,
      `${PROFILES}  admin: { bootstrap-server: 'k1:9092', properties: { client.id: admin } }\n`,
    )
    project('profile: admin\n')
    expect(Object.keys(await inForce())).not.toContain('readOnly')
    profile('prod')
    expect(await inForce()).toMatchObject({
      profile: `admin < ${world.files.project}:1`,
      readOnly: 'true < the profile prod, which names k1:9092 too',
      'client.id': 'admin < the profile admin',
    })
    expect(Object.keys(await inForce({ profile: 'admin' }))).not.toContain('readOnly')
  })
})

describe("under Apache's names", () => {
  it('there are no profiles, projects, -X, nor variables but KTS_BOOTSTRAP_SERVERS and KTS_LOCAL', async () => {
    profile('prod')
    project('bootstrap-server: [')
    const env = { KTS_PROFILE: 'stage', KTS_CLIENT_ACKS: '1', KTS_OUTPUT: 'json' }
    expect(await inForce({}, { style: 'drop-in', env })).toEqual({})
    expect(await inForce({}, { style: 'drop-in', env: { ...env, KTS_BOOTSTRAP_SERVERS: 'v:1' } })).toEqual({
      servers: 'v:1 < KTS_BOOTSTRAP_SERVERS',
    })
    expect(await inForce({ bootstrapServer: 'o:1' }, { style: 'drop-in', env })).toEqual({
      servers: 'o:1 < --bootstrap-server',
    })
  })
})

describe('-X', () => {
  it.each([
    ['acks', '-X takes KEY=VALUE, and "acks" is none'],
    ['=1', '-X takes KEY=VALUE'],
    ['ack=1', 'ack is not a property of a Kafka client; did you mean acks?'],
    ['request.timeout.ms=soon', 'request.timeout.ms=soon is not valid'],
  ])('%s is refused', async (pair, message) => {
    await expect(gather({ clientProperty: [pair] })).rejects.toThrow(UserError)
    await expect(gather({ clientProperty: [pair] })).rejects.toThrow(message)
  })
})
