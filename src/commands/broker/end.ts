import { wait } from '../../lib/clock.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { addressOf, isRunning, type RunningBroker } from './running.ts'

/** How long a broker may take to write everything down before it is said that it will not end. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 20

/** Sends brokers a signal and waits until they have ended. Throws EnvironmentError for one that does not end. */
export async function endAll(
  brokers: readonly RunningBroker[],
  signal: 'SIGTERM' | 'SIGKILL',
  context: Context,
): Promise<void> {
  for (const broker of brokers) process.kill(broker.pid, signal)
  await Promise.all(brokers.map((broker) => ended(broker, context)))
}

async function ended(broker: RunningBroker, { clock }: Context): Promise<void> {
  const deadline = clock.now() + PATIENCE_MS
  while (isRunning(broker)) {
    if (clock.now() > deadline)
      throw new EnvironmentError(`broker ${addressOf(broker)} has not ended after ${PATIENCE_MS / 1000} s`)
    await wait(clock, LOOK_EVERY_MS)
  }
}

/** What has become of brokers: `stopped`, `killed`. */
export const endedAs = (how: string, brokers: readonly RunningBroker[]): Result => ({
  data: brokers.map(({ pid, nodeId, bootstrapServers }) => ({ pid, nodeId, bootstrapServers })),
  text: () =>
    brokers
      .map(
        ({ role, nodeId, bootstrapServers, pid }) => `${how} ${role} ${nodeId} at ${bootstrapServers} (pid ${pid})\n`,
      )
      .join(''),
})
