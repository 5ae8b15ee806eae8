import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { writeWholeFile } from '../../lib/whole-file.ts'
import { processIdentity } from '../../lib/processes.ts'
import type { ClientFile } from './clients.ts'

/** A broker of this user that runs on this machine, as it has noted itself down. */
export interface RunningBroker {
  readonly pid: number
  /** Tells the process from a later one with its pid. */
  readonly identity: string
  readonly nodeId: number
  /** A broker may be the controller too. */
  readonly role: 'broker' | 'controller'
  readonly clusterId: string
  /** Of a controller alone, where brokers find it. */
  readonly bootstrapServers: string
  /** Null when everything is kept in memory. */
  readonly dataDir: string | null
  readonly startedAt: string
  /** Of one that was secured in one word. */
  readonly clients?: readonly ClientFile[]
  /** Where its page is, of one that kts up has started. */
  readonly page?: string
  /** The same of its schema registry, if it has one. */
  readonly registry?: string
}

const notesDirectory = (context: Context): string => join(stateFolder(context.env), 'brokers')

/** Leaves a note of a broker, so that `stop` and `status` find it. Returns how to take it away again. */
function noteBroker(context: Context, broker: Omit<RunningBroker, 'pid' | 'identity'>): () => void {
  const { pid } = process
  const path = join(notesDirectory(context), `${pid}.json`)
  writeWholeFile(path, JSON.stringify({ pid, identity: processIdentity(pid), ...broker }))
  return () => rmSync(path, { force: true })
}

/**
 * The same for one that serves even if it cannot leave its note, of which it warns: only `stop` and `status` will not
 * find it.
 */
export function tryToNoteBroker(
  context: Context,
  broker: Omit<RunningBroker, 'pid' | 'identity' | 'startedAt'>,
  warn: (line: string) => void,
): () => void {
  try {
    return noteBroker(context, { ...broker, startedAt: new Date(context.clock.now()).toISOString() })
  } catch (error) {
    warn(`kts broker stop and status will not find this broker: ${(error as Error).message}`)
    return () => {}
  }
}

/** The brokers that run now; notes of those that ended without taking theirs away are cleared. */
export function runningBrokers(context: Context): RunningBroker[] {
  return noteFiles(context).flatMap((path) => {
    const broker = readNote(path)
    if (broker && processIdentity(broker.pid) === broker.identity) return [broker]
    rmSync(path, { force: true })
    return []
  })
}

export const isRunning = ({ pid, identity }: RunningBroker): boolean => processIdentity(pid) === identity

export const hasPort = ({ bootstrapServers }: RunningBroker, port: number): boolean =>
  bootstrapServers.split(',').some((server) => server.endsWith(`:${port}`))

export const addressOf = ({ bootstrapServers, pid }: RunningBroker): string => `${bootstrapServers} (pid ${pid})`

function noteFiles(context: Context): string[] {
  const directory = notesDirectory(context)
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => join(directory, name))
  } catch {
    return []
  }
}

function readNote(path: string): RunningBroker | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunningBroker
  } catch {
    return null
  }
}
