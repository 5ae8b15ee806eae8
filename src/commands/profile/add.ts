import { resolve } from 'node:path'
import { defineOptions, type Context, type Result, type Values } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { checkProperty } from '../../lib/config/client-property.ts'
import { parseServers } from '../../lib/config/connection.ts'
import { requirePair } from '../../lib/config/key-values.ts'
import { useProfile } from '../../lib/config/profiles/current-profile.ts'
import { checkName, type Profile } from '../../lib/config/profiles/profile.ts'
import { profilesFile, readProfiles, saveProfile } from '../../lib/config/profiles/profiles-file.ts'
import { isSecret } from '../../lib/config/mask.ts'
import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { UserError } from '../../lib/errors.ts'
import { askSecret } from '../../lib/output/ask.ts'
import type { Voice } from '../../lib/output/voice.ts'
import { NAME, nameIn } from './name.ts'

const options = defineOptions([
  { name: 'bootstrap-server', short: 'b', value: 'HOST:PORT,…', about: 'Brokers to ask first.' },
  { name: 'local', about: 'The broker in the box, started when it is not running.' },
  { name: 'command-config', value: 'FILE', about: 'Java client properties, read each time the profile is used.' },
  {
    name: 'property',
    value: 'KEY=VALUE',
    repeatable: true,
    about:
      'A Java client property; goes before --command-config. ${NAME} in the value is a variable, filled in when the profile is used; - alone is asked for, or read from stdin.',
  },
  { name: 'read-only', about: 'Send nothing that would change the cluster.' },
  { name: 'confirm', about: 'Have the name of the profile typed before anything is deleted.' },
  { name: 'use', about: 'Use it from now on.' },
])

type AddValues = Values<typeof options>

export const profileAdd = defineCommand({
  examples: [
    { command: 'kts profile add dev --local --use', about: 'The broker in the box, from now on.' },
    {
      command: 'kts profile add prod -b kafka1:9092,kafka2:9092 --command-config ~/prod.properties --read-only',
      about: 'A cluster to look at only.',
    },
    {
      command:
        "kts profile add stage -b kafka:9093 --property security.protocol=SASL_SSL --property sasl.mechanism=SCRAM-SHA-512 --property sasl.username=ada --property 'sasl.password=${STAGE_PASSWORD}' --confirm",
      about: 'With a password from the environment, and a question before anything is deleted.',
    },
  ],
  options,
  words: NAME,
  check({ values, context: { cwd }, words }) {
    checkName(nameIn(words))
    checkCluster(values, cwd)
    for (const [name, value] of pairs(values)) checkProperty(name, value === '-' ? '${ASKED}' : value)
  },
  async offline({ values, context, words, voice }): Promise<Result> {
    const { env } = context
    const [name, file] = [nameIn(words), profilesFile(env)]
    if ((await readProfiles(env)).has(name))
      throw new UserError(
        `there is a profile ${name} already: edit it in ${file}, or remove it first (kts profile remove ${name})`,
      )
    warnOfHistory(values, voice)
    await saveProfile(env, await profileOf(name, values, context))
    if (values.use) useProfile(env, name)
    const next = values.use ? 'It is in use from now on.' : `To use it: kts profile use ${name}, or --profile ${name}.`
    return {
      data: { profile: name, file, inUse: values.use },
      text: () => `Added the profile ${name} to ${file}. ${next}\n`,
    }
  },
})

function checkCluster({ bootstrapServer, local, commandConfig }: AddValues, cwd: string): void {
  if (bootstrapServer !== undefined && local)
    throw new UserError('--bootstrap-server and --local contradict each other: give one of them')
  if (bootstrapServer !== undefined) parseServers(bootstrapServer, '--bootstrap-server')
  const inFile =
    commandConfig === undefined ? undefined : readPropertiesFile(commandConfig, cwd).get('bootstrap.servers')
  if (bootstrapServer === undefined && !local && !inFile)
    throw new UserError(
      'say where the cluster is: --bootstrap-server, --local, or bootstrap.servers in the file of --command-config',
    )
}

function pairs({ property }: AddValues): [name: string, value: string][] {
  const split = property.map((pair) => requirePair(pair, '--property'))
  if (split.some(([name]) => name === 'bootstrap.servers'))
    throw new UserError('bootstrap.servers is given with --bootstrap-server')
  if (split.filter(([, value]) => value === '-').length > 1)
    throw new UserError('only one property can be asked for, or read from stdin')
  return split
}

async function profileOf(name: string, values: AddValues, context: Context): Promise<Profile> {
  const { bootstrapServer, commandConfig, local, readOnly, confirm } = values
  const properties = new Map<string, string>()
  for (const [property, value] of pairs(values))
    properties.set(property, value === '-' ? await readValue(property, context) : value)
  return {
    name,
    local,
    readOnly,
    confirm,
    properties,
    ...(bootstrapServer !== undefined && { bootstrapServer }),
    ...(commandConfig !== undefined && { commandConfig: resolve(context.cwd, commandConfig) }),
  }
}

async function readValue(property: string, context: Context): Promise<string> {
  // What is typed is meant as it is: nothing in a password is a variable.
  const value = (await askSecret(context, `${property}: `)).replaceAll('${', () => '$${')
  if (value === '') throw new UserError(`${property} needs a value`)
  checkProperty(property, value)
  return value
}

function warnOfHistory(values: AddValues, { say }: Voice): void {
  const told = pairs(values)
    .filter(([name, value]) => isSecret(name, value) && value !== '-' && !value.includes('${'))
    .map(([name]) => name)
  if (told.length > 0)
    say(
      `warning: ${told.join(' and ')} stood on the command line, which shells remember; ${told[0]}=- is asked for instead`,
    )
}
