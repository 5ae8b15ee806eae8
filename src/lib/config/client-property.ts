import { isAbsolute, join } from 'node:path'
import { checkPropertyValue, isKnownProperty, knownProperties } from '../client/known-properties.ts'
import { nearProperty } from '../client/near-properties.ts'
import type { Context } from '../command/define.ts'
import { suggest } from '../suggest.ts'
import { UserError } from '../errors.ts'
import { homeFolder } from './folders.ts'

/**
 * Throws UserError for a property that no Kafka client has, or a value that it does not take. A value that is filled in
 * later passes.
 */
export function checkProperty(name: string, value: string): void {
  if (!isKnownProperty(name)) {
    const meant = nearProperty(name) ?? suggest(name, knownProperties())
    throw new UserError(
      `${name} is not a property of a Kafka client${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    )
  }
  if (!VARIABLE.test(value)) checkPropertyValue(name, value)
}

/** `${NAME}` stands for a variable, `$${NAME}` for itself. */
const VARIABLE = /\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}/

export interface Filled {
  readonly value: string
  /** The variables that stood in it. */
  readonly names: readonly string[]
}

/** Puts in the values of variables. Throws UserError, which begins with `what`, for one that is not set. */
export function fillVariables(text: string, env: Context['env'], what: string): Filled {
  const names = new Set<string>()
  const value = text.replace(new RegExp(VARIABLE, 'g'), (whole, isEscaped: string, name: string) => {
    if (isEscaped) return whole.slice(1)
    const filled = env[name]
    if (filled === undefined) throw new UserError(`${what} takes the variable ${name}, which is not set`)
    names.add(name)
    return filled
  })
  return { value, names: [...names] }
}

/** Whether the value of a property is the path of a file. */
export const isPath = (property: string): boolean => /\.(location|file)$/.test(property)

/** The path of a file that another file, in `folder`, names: `~` is the user's home. */
export function locate(path: string, folder: string, env: Context['env']): string {
  if (path === '~' || path.startsWith('~/')) return join(homeFolder(env), path.slice(1))
  return path === '' || isAbsolute(path) ? path : join(folder, path)
}
