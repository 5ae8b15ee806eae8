import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { processIdentity } from '../processes.ts'
import { writeWholeFile } from '../whole-file.ts'
import { stateFolder } from './folders.ts'

/** A schema registry of this user that runs on this machine, as it has noted itself down. */
export interface RunningRegistry {
  readonly pid: number
  /** Tells the process from a later one with its pid. */
  readonly identity: string
  readonly url: string
  readonly port: number
  /** The brokers that keep its schemas, `host:port` each. */
  readonly bootstrapServers: readonly string[]
}

type Env = Parameters<typeof stateFolder>[0]

const folderOf = (env: Env): string => join(stateFolder(env), 'registries')

/** Leaves a note of a registry of this process. Returns how to take it away again. */
function noteRegistry(env: Env, registry: Omit<RunningRegistry, 'pid' | 'identity'>): () => void {
  const { pid } = process
  const path = join(folderOf(env), `${pid}.json`)
  writeWholeFile(path, JSON.stringify({ pid, identity: processIdentity(pid), ...registry }))
  return () => rmSync(path, { force: true })
}

/** The same for one that serves even if it cannot leave its note: only commands will not find it by themselves. */
export function tryToNoteRegistry(
  env: Env,
  registry: Omit<RunningRegistry, 'pid' | 'identity'>,
  warn: (line: string) => void,
): () => void {
  try {
    return noteRegistry(env, registry)
  } catch (error) {
    warn(`kts registry stop will not find this registry: ${(error as Error).message}`)
    return () => {}
  }
}

/** Those that run now; notes of others are cleared. */
export function runningRegistries(env: Env): RunningRegistry[] {
  return noteFiles(env).flatMap((path) => {
    const registry = readNote(path)
    if (registry && processIdentity(registry.pid) === registry.identity) return [registry]
    rmSync(path, { force: true })
    return []
  })
}

/** The registry on this machine that keeps its schemas with one of these brokers. */
export const registryBeside = (servers: readonly string[], env: Env): RunningRegistry | undefined =>
  runningRegistries(env).find(({ bootstrapServers }) =>
    bootstrapServers.some((server) => servers.some((other) => isSame(server, other))),
  )

const isSame = (a: string, b: string): boolean => onLoopback(a) === onLoopback(b)
const onLoopback = (server: string): string => server.trim().replace(/^(?:127\.0\.0\.1|\[::1\])(?=:)/, 'localhost')

function noteFiles(env: Env): string[] {
  try {
    return readdirSync(folderOf(env))
      .sort()
      .map((name) => join(folderOf(env), name))
  } catch {
    return []
  }
}

function readNote(path: string): RunningRegistry | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunningRegistry
  } catch {
    return undefined
  }
}
