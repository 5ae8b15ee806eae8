import { join, resolve } from 'node:path'
import { stateFolder } from '../config/folders.ts'

export interface WeblogPlace {
  readonly file: string
  readonly pidFile: string
}

/**
 * Where the generator writes: the file named, or `$XDG_STATE_HOME/kts/logs/access.log`; its pid file stands beside it.
 */
export function weblogPlace(
  file: string | undefined,
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): WeblogPlace {
  const path = file === undefined ? join(stateFolder(env), 'logs', 'access.log') : resolve(cwd, file)
  return { file: path, pidFile: `${path}.pid` }
}
