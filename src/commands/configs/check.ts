import { isIP } from 'node:net'
import { UserError } from '../../lib/errors.ts'
import { chosenEntities, singular, type Entities } from './entities.ts'
import type { Kind } from './kinds.ts'
import type { ConfigsValues } from './options.ts'

/** Kinds that have defaults. */
const WITH_DEFAULTS: readonly Kind[] = ['users', 'clients', 'brokers', 'ips']

/**
 * The rules between options, as kafka-configs has them; kts also refuses what would have no effect. Throws UserError.
 */
export function checkOptions(values: ConfigsValues, { style }: { style: 'kts' | 'drop-in' }): void {
  if (values.alter === values.describe) throw new UserError('give either --describe or --alter')
  const entities = chosenEntities(values)
  checkNames(entities)
  if (style === 'kts') checkUse(values, entities)
  if (values.describe) checkDescribe(values, entities)
  else checkAlter(values, entities)
}

function checkNames({ kinds, names }: Entities): void {
  const [kind] = kinds as [Kind]
  for (const name of names.filter((given) => given !== '')) {
    if ((kind === 'brokers' || kind === 'broker-loggers') && !/^[+-]?\d+$/.test(name)) {
      throw new UserError(`${name} is not a broker: brokers are named by their numbers`)
    }
    if (kind === 'ips' && !isAddress(name))
      throw new UserError(`${name} is neither an IP address nor the name of a host`)
  }
}

/** What looks like a name can only be tried by the broker. */
const isAddress = (name: string): boolean => isIP(name) !== 0 || /^(?=.*[a-z])[a-z\d-]+(\.[a-z\d-]+)*$/i.test(name)

function checkUse(
  { all, alter, describe, addConfigFile, dryRun, yes }: ConfigsValues,
  { kinds, names }: Entities,
): void {
  if (alter && all) throw new UserError('--all goes with --describe, not with --alter')
  if (describe && addConfigFile !== undefined)
    throw new UserError('--add-config-file goes with --alter, not with --describe')
  if (describe && (dryRun || yes))
    throw new UserError(`--${dryRun ? 'dry-run' : 'yes'} goes with --alter, not with --describe`)
  if (names.length > kinds.length)
    throw new UserError(`there is one name too many: ${names.at(-1) || '--entity-default'}`)
}

function checkDescribe({ addConfig, deleteConfig }: ConfigsValues, { kinds, names }: Entities): void {
  const [kind] = kinds as [Kind]
  if (addConfig !== undefined || deleteConfig.length > 0) {
    throw new UserError('--add-config and --delete-config go with --alter, not with --describe')
  }
  if (names.includes('') && !WITH_DEFAULTS.includes(kind)) throw new UserError(`${kind} have no default to describe`)
  if (kind === 'broker-loggers' && names.length === 0)
    throw new UserError('--describe of broker-loggers needs the number of a broker')
}

function checkAlter({ addConfig, addConfigFile, deleteConfig }: ConfigsValues, { kinds, names }: Entities): void {
  const [kind] = kinds as [Kind]
  if (names.length !== kinds.length) throw new UserError(`--alter needs one name for each of: ${kinds.join(', ')}`)
  if (names.includes('') && !WITH_DEFAULTS.includes(kind))
    throw new UserError(`--alter needs the name of a ${singular(kind)}`)
  if (addConfig !== undefined && addConfigFile !== undefined)
    throw new UserError('give either --add-config or --add-config-file')
  if (addConfig === undefined && addConfigFile === undefined && deleteConfig.length === 0) {
    throw new UserError('--alter needs --add-config, --add-config-file or --delete-config')
  }
}
