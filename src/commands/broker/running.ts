import { join } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { noteProcess, runningProcesses, type NotedProcess } from '../../lib/config/process-notes.ts'
import { processIdentity } from '../../lib/processes.ts'
import type { ClientFile } from './clients.ts'

/** A broker of this user that runs on this machine, as it has noted itself down. */
export interface RunningBroker extends NotedProcess {
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

/**
 * Leaves a note of a broker, so that `stop` and `status` find it. Returns how to take it away again. One that cannot be
 * left is warned of: the broker serves all the same.
 */
export function tryToNoteBroker(
  context: Context,
  broker: Omit<RunningBroker, keyof NotedProcess | 'startedAt'>,
  warn: (line: string) => void,
): () => void {
  try {
    const startedAt = new Date(context.clock.now()).toISOString()
    return noteProcess<RunningBroker>(notesDirectory(context), { ...broker, startedAt })
  } catch (error) {
    warn(`kts broker stop and status will not find this broker: ${(error as Error).message}`)
    return () => {}
  }
}

/** The brokers that run now; notes of those that ended without taking theirs away are cleared. */
export const runningBrokers = (context: Context): RunningBroker[] => runningProcesses(notesDirectory(context))

export const isRunning = ({ pid, identity }: RunningBroker): boolean => processIdentity(pid) === identity

export const hasPort = ({ bootstrapServers }: RunningBroker, port: number): boolean =>
  bootstrapServers.split(',').some((server) => server.endsWith(`:${port}`))

export const addressOf = ({ bootstrapServers, pid }: RunningBroker): string => `${bootstrapServers} (pid ${pid})`
