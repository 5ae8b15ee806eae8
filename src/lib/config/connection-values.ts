import type { Declaration } from '../command/define.ts'
import { camelCase } from '../command/names.ts'
import type { ConnectionValues } from './connection.ts'

/** Properties on the command line, which may name the servers. */
const PROPERTIES = ['command-property', 'producer-property', 'consumer-property']

/** What the options of a command say of its cluster, old names of --command-config included. */
export function connectionValues(
  command: Declaration & { servers?(values: never): string | undefined },
  values: Readonly<Record<string, unknown>>,
): ConnectionValues {
  const { options } = command
  const named = options
    .filter(({ section, name }) => section === 'Connection' || PROPERTIES.includes(name))
    .map(({ name }) => camelCase(name))
  const files = options
    .filter(({ name, deprecatedFor }) => (deprecatedFor ?? name) === 'command-config')
    .map(({ name }) => values[camelCase(name)])
  const commandConfig = files.find((file) => file !== undefined) as string | undefined
  return {
    ...Object.fromEntries(named.map((name) => [name, values[name]])),
    commandConfig,
    servers: command.servers?.(values as never),
  }
}
