import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { UserError } from '../../lib/errors.ts'
import type { ConfigsValues } from './options.ts'

export interface Changes {
  readonly add: ReadonlyMap<string, string>
  readonly delete: readonly string[]
}

/** What --alter shall change. Throws UserError for what cannot be read, or is no name of a setting. */
export function readChanges({ addConfig, addConfigFile, deleteConfig }: ConfigsValues, cwd: string): Changes {
  const fromFile = addConfigFile === undefined ? new Map<string, string>() : readPropertiesFile(addConfigFile, cwd)
  const add = new Map([...fromFile, ...(addConfig === undefined ? [] : parsePairs(addConfig))])
  for (const name of add.keys()) {
    if (!/^[a-zA-Z0-9._-]*$/.test(name)) throw new UserError(`"${name}" is not the name of a setting`)
  }
  return { add, delete: deleteConfig.flatMap((names) => names.split(',')).map((name) => name.trim()) }
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
