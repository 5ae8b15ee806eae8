import { isIP } from 'node:net'
import { UserError } from '../../lib/errors.ts'
import { chosenEntities, singular, type Entities } from './entities.ts'
import type { Kind } from './kinds.ts'
import type { ConfigsValues } from './options.ts'
import type { Order } from '../../lib/work/command.ts'

/** Kinds that have defaults. */
const WITH_DEFAULTS: readonly Kind[] = ['users', 'clients', 'brokers', 'ips']

/**
 * The rules between options, as kafka-configs has them; kts also refuses what would have no effect. Each throws
 * UserError.
 */
export function checkDescribe({ values, action, context: { style } }: Order<ConfigsValues>): void {
  const entities = chosenEntities(values)
  checkNames(entities, style)
  const { kinds, names } = entities
  const [kind] = kinds as [Kind]
  if (names.includes('') && !WITH_DEFAULTS.includes(kind)) throw new UserError(`${kind} have no default to describe`)
  if (kind === 'broker-loggers' && names.length === 0)
    throw new UserError(`${action} of broker-loggers needs the number of a broker`)
}

export function checkAlter({ values, action, context: { style } }: Order<ConfigsValues>): void {
  const { addConfig, addConfigFile, deleteConfig } = values
  checkTarget(chosenEntities(values), action, style)
  if (addConfig !== undefined && addConfigFile !== undefined)
    throw new UserError('give either --add-config or --add-config-file')
  if (addConfig === undefined && addConfigFile === undefined && deleteConfig.length === 0) {
    throw new UserError(`${action} needs --add-config, --add-config-file or --delete-config`)
  }
}

/** One thing is changed. */
export function checkTarget(entities: Entities, action: string, style: string): void {
  checkNames(entities, style)
  const { kinds, names } = entities
  const [kind] = kinds as [Kind]
  if (names.length !== kinds.length) throw new UserError(`${action} needs one name for each of: ${kinds.join(', ')}`)
  if (names.includes('') && !WITH_DEFAULTS.includes(kind))
    throw new UserError(`${action} needs the name of a ${singular(kind)}`)
}

function checkNames({ kinds, names }: Entities, style: string): void {
  const [kind] = kinds as [Kind]
  for (const name of names.filter((given) => given !== '')) {
    if ((kind === 'brokers' || kind === 'broker-loggers') && !/^[+-]?\d+$/.test(name)) {
      throw new UserError(`${name} is not a broker: brokers are named by their numbers`)
    }
    if (kind === 'ips' && !isAddress(name))
      throw new UserError(`${name} is neither an IP address nor the name of a host`)
  }
  if (style === 'kts' && names.length > kinds.length)
    throw new UserError(`there is one name too many: ${names.at(-1) || '--entity-default'}`)
}

/** What looks like a name can only be tried by the broker. */
const isAddress = (name: string): boolean => isIP(name) !== 0 || /^(?=.*[a-z])[a-z\d-]+(\.[a-z\d-]+)*$/i.test(name)
