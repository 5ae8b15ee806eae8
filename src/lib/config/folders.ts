import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

export const homeFolder = (env: Env): string => env.HOME || process.getBuiltinModule('node:os').homedir()

/** Where kts keeps what outlives a command (broker data, logs, pid files): `$XDG_STATE_HOME/kts`. */
export function stateFolder(env: Env): string {
  return join(env.XDG_STATE_HOME || join(homeFolder(env), '.local', 'state'), 'kts')
}

/** Where a user keeps profiles: `$XDG_CONFIG_HOME/kts`. */
export function configFolder(env: Env): string {
  return join(env.XDG_CONFIG_HOME || join(homeFolder(env), '.config'), 'kts')
}

/** Where kts keeps what it can do without: `$XDG_CACHE_HOME/kts`. */
export function cacheFolder(env: Env): string {
  return join(env.XDG_CACHE_HOME || join(homeFolder(env), '.cache'), 'kts')
}
