import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Context } from '../../command/define.ts'
import { UserError } from '../../errors.ts'
import { isPath } from '../client-property.ts'
import { homeFolder } from '../folders.ts'
import type { YamlField } from '../yaml-file.ts'
import { boxServer } from './environment.ts'
import { emptyLayer, type Layer, type Setting, type Settings } from './layers.ts'

export interface Project {
  /** The file; undefined where there is none. */
  readonly file?: string
  /** Which cluster, and its properties: taken whole or not at all. */
  readonly connection: Layer
  /** What holds for whatever cluster. */
  readonly defaults: Layer
}

const FIELDS = ['profile', 'bootstrap-server', 'local', 'properties', 'output'] as const
type Fields = ReadonlyMap<string, YamlField>

/**
 * What the nearest `.kts.yaml` says, of this folder or one above it. It comes with somebody's checkout, and so it may
 * choose among the profiles of the user, or name a cluster without a login: never a secret, a variable, or what a
 * profile forbids. Throws UserError.
 */
export async function readProject({ cwd, env }: Pick<Context, 'cwd' | 'env'>): Promise<Project> {
  const file = findProjectFile(cwd, homeFolder(env))
  if (file === undefined) return { connection: emptyLayer, defaults: emptyLayer }
  const [{ readYamlFile }, { readSection, ...read }] = await Promise.all([
    import('../yaml-file.ts'),
    import('../yaml-fields.ts'),
  ])
  const top = readYamlFile(file)
  const fields = top ? readSection(top, 'a project file', FIELDS) : new Map<string, YamlField>()
  const setting = (
    name: (typeof FIELDS)[number],
    reader: (field: YamlField, name: string) => string,
  ): Setting | undefined => {
    const field = fields.get(name)
    return field && { value: reader(field, name), origin: field.where }
  }
  const local =
    fields.has('local') && read.readFlag(fields.get('local')!, 'local')
      ? { value: boxServer(env), origin: fields.get('local')!.where, isBox: true }
      : undefined
  const [profile, servers, output] = [
    setting('profile', read.readText),
    setting('bootstrap-server', read.readList),
    setting('output', read.readText),
  ]
  const properties = fields.has('properties') ? read.readClientProperties(fields.get('properties')!) : []
  rejectContradictions(fields, local !== undefined)
  properties.forEach(([name, value, where]) => rejectPersonal(name, value, where))
  const settings: Settings = {
    ...(profile && { profile }),
    ...(servers && { servers }),
    ...(local && { servers: local }),
  }
  return {
    file,
    connection: {
      settings,
      properties: new Map(
        properties.map(([name, value, origin]) => [
          name,
          { value: isPath(name) ? resolve(dirname(file), value) : value, origin },
        ]),
      ),
    },
    defaults: { settings: output ? { output } : {}, properties: new Map() },
  }
}

/** From this folder upward, to the user's home, which is no project, or the root. */
function findProjectFile(cwd: string, home: string): string | undefined {
  for (let folder = resolve(cwd); folder !== home; folder = dirname(folder)) {
    const file = join(folder, '.kts.yaml')
    if (existsSync(file) && !isPlanted(file, folder)) return file
    if (folder === dirname(folder)) return undefined
  }
  return undefined
}

/** In a folder that everybody may write to, as /tmp, only what the user has put there counts. */
function isPlanted(file: string, folder: string): boolean {
  const isEverybodys = (statSync(folder).mode & 0o002) !== 0
  return isEverybodys && process.getuid !== undefined && statSync(file).uid !== process.getuid()
}

function rejectContradictions(fields: Fields, isLocal: boolean): void {
  const named = ['profile', 'bootstrap-server', ...(isLocal ? ['local'] : [])].filter((name) => fields.has(name))
  const [first, second] = named
  if (second !== undefined)
    throw new UserError(`${fields.get(second)!.where}: ${first} and ${second} contradict each other: keep one of them`)
  if (fields.has('properties') && (first === undefined || first === 'profile')) {
    throw new UserError(
      `${fields.get('properties')!.where}: properties go with bootstrap-server or local; those of a profile stand in the profile`,
    )
  }
}

function rejectPersonal(name: string, value: string, where: string): void {
  if (isLogin(name))
    throw new UserError(
      `${where}: ${name} says who you are, which is not for a project file: put it into a profile (kts profile add), and its name here`,
    )
  if (value.includes('${'))
    throw new UserError(`${where}: ${name}: variables are filled in in profiles only, not in a project file`)
}

/** Who the user is: what a server that somebody else has named is not told. */
export const isLogin = (property: string): boolean =>
  /^(sasl|ssl\.key|ssl\.keystore)\./.test(property) || isRegistryLogin(property)

/** The same, of a schema registry. */
export const isRegistryLogin = (property: string): boolean =>
  /^(request\.header|(schema\.registry\.)?(basic|bearer)\.auth|schema\.registry\.ssl\.key(store)?)\./.test(property)
