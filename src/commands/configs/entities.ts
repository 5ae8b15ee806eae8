import { UserError } from '../../lib/errors.ts'
import { BY_NAME, DEFAULTS, RESOURCES, type Kind, type ResourceKind } from './kinds.ts'
import type { ConfigsValues } from './options.ts'

/** Whose settings are meant. */
export interface Entities {
  /** One kind, or clients and users in the order given. */
  readonly kinds: readonly Kind[]
  /** As many as there are kinds, or fewer where all of a kind are meant; the empty name is the default of its kind. */
  readonly names: readonly string[]
}

export const isResource = (kind: Kind): kind is ResourceKind => kind in RESOURCES
/** `topics` → `topic`, `client-metrics` → `client-metric`, as Apache's sentences have it. */
export const singular = (kind: Kind): string => kind.slice(0, -1)

/** `topic retail`, `all brokers`: for messages. */
export const nameOf = (kind: Kind, name: string): string => (name === '' ? `all ${kind}` : `${singular(kind)} ${name}`)

/** Whether an option says whose settings are meant. */
export const areNamed = (values: ConfigsValues): boolean =>
  values.entityType.length + values.entityName.length > 0 ||
  BY_NAME.some(([option]) => values[option] !== undefined) ||
  DEFAULTS.some(([option]) => values[option])

/** Throws UserError for kinds that are unknown or do not go together. */
export function chosenEntities(values: ConfigsValues): Entities {
  const short = [
    ...BY_NAME.flatMap(([option, kind]) => (values[option] === undefined ? [] : [[kind, values[option]] as const])),
    ...DEFAULTS.flatMap(([option, kind]) => (values[option] ? [[kind, ''] as const] : [])),
  ]
  if (short.length > 0 && (values.entityType.length > 0 || values.entityName.length > 0)) {
    throw new UserError(
      '--entity-type, --entity-name and --entity-default do not go with the options that name a topic, broker, … directly',
    )
  }
  const kinds = [...values.entityType, ...short.map(([kind]) => kind)]
  const names = [...values.entityName, ...short.map(([, name]) => name)]
  checkKinds(kinds)
  return { kinds, names }
}

function checkKinds(kinds: readonly Kind[]): void {
  const [first] = kinds
  if (first === undefined)
    throw new UserError(
      'say whose settings: --topic, --broker, --client, --user, --ip, --group, --client-metrics, or --entity-type',
    )
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) < index)
  if (twice !== undefined) throw new UserError(`${twice} are named twice: name one of them`)
  if (kinds.length > 1 && !(kinds.length === 2 && kinds.includes('users') && kinds.includes('clients'))) {
    throw new UserError(`${kinds.join(' and ')} do not go together; only users and clients do`)
  }
}
