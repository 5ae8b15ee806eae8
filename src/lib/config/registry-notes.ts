import { join } from 'node:path'
import { stateFolder } from './folders.ts'
import { noteProcess, runningProcesses, type NotedProcess } from './process-notes.ts'

/** A schema registry of this user that runs on this machine, as it has noted itself down. */
export interface RunningRegistry extends NotedProcess {
  readonly url: string
  readonly port: number
  /** The brokers that keep its schemas, `host:port` each. */
  readonly bootstrapServers: readonly string[]
}

type Env = Parameters<typeof stateFolder>[0]

const folderOf = (env: Env): string => join(stateFolder(env), 'registries')

/**
 * Leaves a note of a registry of this process. Returns how to take it away again. One that cannot be left is warned of:
 * the registry serves, and only commands will not find it by themselves.
 */
export function tryToNoteRegistry(
  env: Env,
  registry: Omit<RunningRegistry, keyof NotedProcess>,
  warn: (line: string) => void,
): () => void {
  try {
    return noteProcess<RunningRegistry>(folderOf(env), registry)
  } catch (error) {
    warn(`kts registry stop will not find this registry: ${(error as Error).message}`)
    return () => {}
  }
}

/** Those that run now; notes of others are cleared. */
export const runningRegistries = (env: Env): RunningRegistry[] => runningProcesses(folderOf(env))

/** The registry on this machine that keeps its schemas with one of these brokers. */
export const registryBeside = (servers: readonly string[], env: Env): RunningRegistry | undefined =>
  runningRegistries(env).find(({ bootstrapServers }) =>
    bootstrapServers.some((server) => servers.some((other) => isSame(server, other))),
  )

const isSame = (a: string, b: string): boolean => onLoopback(a) === onLoopback(b)
const onLoopback = (server: string): string => server.trim().replace(/^(?:127\.0\.0\.1|\[::1\])(?=:)/, 'localhost')
