import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { UserError } from '../../lib/errors.ts'
import { readSetting } from '../../lib/config/setting-values.ts'
import type { Context } from '../../lib/command/define.ts'
import type { Order } from '../../lib/work/command.ts'
import { checkTarget } from './check.ts'
import { areNamed, chosenEntities, type Entities } from './entities.ts'
import type { ConfigsValues } from './options.ts'

export interface Changes {
  readonly add: ReadonlyMap<string, string>
  readonly delete: readonly string[]
}

/** A change, and of whose settings. */
export interface Task {
  readonly entities: Entities
  readonly changes: Changes
}

/** What --alter shall change. Throws UserError for what cannot be read, or is no name of a setting. */
export function readAlter({ values, context }: Order<ConfigsValues>): Task {
  return {
    entities: chosenEntities(values),
    changes: { add: readAll(values, addedPairs(values), context), delete: namesIn(values.deleteConfig) },
  }
}

/** `set TOPIC NAME=VALUE…`; without the topic where an option says whose settings are meant. Throws UserError. */
export function readSet(order: Order<ConfigsValues>): Task {
  const { entities, words } = target(order)
  const { addConfig, addConfigFile } = order.values
  if (words.length === 0 && addConfig === undefined && addConfigFile === undefined)
    throw new UserError(`${order.action} needs NAME=VALUE: what to set`)
  const pairs = words.map((word): [string, string] => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(word) ?? []
    if (name === undefined) throw new UserError(`"${word}" is not of the form NAME=VALUE`)
    return [name.trim(), value!.trim().replace(/^\[(.*)\]$/s, '$1')]
  })
  return {
    entities,
    changes: { add: readAll(order.values, [...addedPairs(order.values), ...pairs], order.context), delete: [] },
  }
}

/** `delete TOPIC NAME…`. Throws UserError. */
export function readDelete(order: Order<ConfigsValues>): Task {
  const { entities, words } = target(order)
  const names = namesIn([...words, ...order.values.deleteConfig])
  if (names.length === 0) throw new UserError(`${order.action} needs NAME: the settings to delete`)
  return { entities, changes: { add: new Map(), delete: names } }
}

const addedPairs = ({ addConfig }: ConfigsValues): [string, string][] =>
  addConfig === undefined ? [] : parsePairs(addConfig)

const namesIn = (lists: readonly string[]): string[] =>
  lists.flatMap((names) => names.split(',')).map((name) => name.trim())

/** Whose settings, and the words about them. */
function target({ values, words, action, context }: Order<ConfigsValues>): {
  entities: Entities
  words: readonly string[]
} {
  const [topic, rest] = areNamed(values) ? [undefined, words] : [words[0], words.slice(1)]
  if (topic?.includes('='))
    throw new UserError(`name the topic before ${topic}, or say whose settings: --broker, --group, --client, …`)
  const entities: Entities = topic === undefined ? chosenEntities(values) : { kinds: ['topics'], names: [topic] }
  checkTarget(entities, action, context.style)
  return { entities, words: rest }
}

/** Pairs over those of a file. Under kts `7d` and `10MiB` are values. */
function readAll(
  { addConfigFile }: ConfigsValues,
  pairs: readonly [string, string][],
  { cwd, style }: Context,
): ReadonlyMap<string, string> {
  const fromFile = addConfigFile === undefined ? new Map<string, string>() : readPropertiesFile(addConfigFile, cwd)
  const all = new Map([...fromFile, ...pairs])
  for (const name of all.keys()) {
    if (!/^[a-zA-Z0-9._-]*$/.test(name)) throw new UserError(`"${name}" is not the name of a setting`)
  }
  return style === 'kts' ? new Map([...all].map(([name, value]) => [name, readSetting(name, value)])) : all
}

/** `a=1,b=[2,3]`: brackets keep commas and equals signs together and are themselves left out, as are spaces around. */
function parsePairs(text: string): [string, string][] {
  const pairs = text.split(/,(?=[^\]]*(?:\[|$))/)
  while (pairs.length > 1 && pairs.at(-1) === '') pairs.pop()
  return pairs.map((pair) => {
    const [name, value, ...rest] = pair.split(/\s*=\s*(?=[^\]]*(?:\[|$))/)
    if (value === undefined || rest.length > 0) {
      throw new UserError(
        `--add-config: "${pair}" is not of the form NAME=VALUE; a value with commas stands in brackets: NAME=[A,B]`,
      )
    }
    return [name!.trim(), value.replace(/[[\]]/g, '').trim()]
  })
}
