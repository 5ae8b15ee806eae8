import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where kts keeps what outlives a command (broker data, logs, pid files): `$XDG_STATE_HOME/kts`. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'kts')
}

/** Where kts keeps what it can do without: `$XDG_CACHE_HOME/kts`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'kts')
}
