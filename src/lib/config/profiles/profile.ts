import { UserError } from '../../errors.ts'
import type { YamlField } from '../yaml-file.ts'
import { readClientProperties, readFlag, readList, readSection, readText } from '../yaml-fields.ts'

/** A cluster by name, as it is kept: variables in it are not filled in yet. */
export interface Profile {
  readonly name: string
  /** `host:port,…`; undefined where the properties file names them, or the broker in the box is meant. */
  readonly bootstrapServer?: string
  /** The broker in the box. */
  readonly local: boolean
  /** A Java properties file. */
  readonly commandConfig?: string
  readonly properties: ReadonlyMap<string, string>
  /** Nothing is sent that would change the cluster. */
  readonly readOnly: boolean
  /** Its name has to be typed before anything is deleted. */
  readonly confirm: boolean
}

const FIELDS = ['bootstrap-server', 'local', 'command-config', 'properties', 'read-only', 'confirm'] as const

/** Throws UserError that names the file and the line. */
export function readProfile(name: string, field: YamlField): Profile {
  checkName(name, `${field.where}: `)
  const fields = readSection(field, `the profile ${name}`, FIELDS)
  const read = <T>(key: (typeof FIELDS)[number], reader: (field: YamlField, name: string) => T): T | undefined => {
    const found = fields.get(key)
    return found && reader(found, key)
  }
  const [bootstrapServer, commandConfig, local = false] = [
    read('bootstrap-server', readList),
    read('command-config', readText),
    read('local', readFlag),
  ]
  if (local && bootstrapServer !== undefined)
    throw new UserError(
      `${fields.get('local')!.where}: local and bootstrap-server contradict each other in the profile ${name}`,
    )
  return {
    name,
    local,
    ...(bootstrapServer !== undefined && { bootstrapServer }),
    ...(commandConfig !== undefined && { commandConfig }),
    properties: new Map((read('properties', readClientProperties) ?? []).map(([property, value]) => [property, value])),
    readOnly: read('read-only', readFlag) ?? false,
    confirm: read('confirm', readFlag) ?? false,
  }
}

/** A profile as its fields in the file. */
export function profileFields({
  bootstrapServer,
  local,
  commandConfig,
  properties,
  readOnly,
  confirm,
}: Profile): Record<string, unknown> {
  return {
    ...(bootstrapServer !== undefined && { 'bootstrap-server': bootstrapServer }),
    ...(local && { local: 'true' }),
    ...(commandConfig !== undefined && { 'command-config': commandConfig }),
    ...(properties.size > 0 && { properties: Object.fromEntries(properties) }),
    ...(readOnly && { 'read-only': 'true' }),
    ...(confirm && { confirm: 'true' }),
  }
}

/** Throws UserError for a name that would be hard to type. */
export function checkName(name: string, where = ''): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw new UserError(
      `${where}"${name}" cannot be the name of a profile: a letter or digit, then letters, digits, and . _ -`,
    )
}
