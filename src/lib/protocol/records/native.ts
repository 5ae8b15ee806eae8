import { createRequire } from 'node:module'
import { EnvironmentError } from '../../errors.ts'

const require = createRequire(import.meta.url)

/**
 * A function that loads a native module on its first call. Throws EnvironmentError, naming what needs it, when it
 * cannot be loaded.
 */
export function lazily<T>(moduleName: string, purpose: string): () => T {
  let loaded: T | undefined
  return () => (loaded ??= load<T>(moduleName, purpose))
}

function load<T>(moduleName: string, purpose: string): T {
  try {
    return require(moduleName) as T
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    throw new EnvironmentError(
      `${purpose} needs the module ${moduleName}, which cannot be loaded here (${reason}); reinstall kts with its dependencies`,
    )
  }
}
