import { EnvironmentError } from '../../errors.ts'
import { requireFrom } from '../../require-from.ts'

type Load<T> = (require: NodeJS.Require, moduleName: string) => T

/**
 * A function that loads a native module on its first call, by `load` where requiring it is not enough. Throws
 * EnvironmentError, naming what needs it, when it cannot be loaded.
 */
export function lazily<T>(moduleName: string, purpose: string, load: Load<T> = requireAs): () => T {
  let loaded: T | undefined
  return () => (loaded ??= tryToLoad(moduleName, purpose, load))
}

const requireAs = <T>(from: NodeJS.Require, moduleName: string): T => from(moduleName) as T

function tryToLoad<T>(moduleName: string, purpose: string, load: Load<T>): T {
  try {
    return load(requireFrom(import.meta.url), moduleName)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    throw new EnvironmentError(
      `${purpose} needs the module ${moduleName}, which cannot be loaded here (${reason}); reinstall kts with its dependencies`,
    )
  }
}
