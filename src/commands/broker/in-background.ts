import { renameSync } from 'node:fs'
import type { Context } from '../../lib/command/define.ts'
import { logFile } from './log-file.ts'
import { runningBrokers, type RunningBroker } from './running.ts'
import { portOf } from './settings.ts'

/**
 * The broker that `start` has started in the background, as it has noted itself, and its log, which has the name of its
 * port. Undefined where it could leave no note.
 */
export async function startNoted(
  port: number,
  context: Context,
  start: (log: string) => Promise<void>,
): Promise<{ readonly started: RunningBroker | undefined; readonly log: string }> {
  const known = runningBrokers(context).map(({ pid }) => pid)
  const log = logFile(context, port === 0 ? `0-${process.pid}` : port)
  await start(log)
  const started = runningBrokers(context).find(({ pid }) => !known.includes(pid))
  if (port !== 0 || !started) return { started, log }
  const ownLog = logFile(context, portOf(new Map([['listeners', started.bootstrapServers]])))
  renameSync(log, ownLog)
  return { started, log: ownLog }
}
